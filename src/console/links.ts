type Query = Record<string, string | number | undefined>;

export const olderLink = (query: Query, before: string | null): string | null =>
  before === null ? null : linkWith({ ...query, before });

export const moreLink = (query: Query, after: string | null): string | null =>
  after === null ? null : linkWith({ ...query, after });

/** The address of a list with these filters. */
export function linkWith(query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.append(name, String(value));
  return `?${given}`;
}
