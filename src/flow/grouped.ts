/** What `pair` makes of each row, by the key that it gives it, in the order of the rows. */
export function grouped<R, T>(rows: readonly R[], pair: (row: R) => [string, T]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const [key, value] = pair(row);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
