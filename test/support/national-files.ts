/** One row of ODS `epraccur.csv`; days as ODS writes them. */
export type PracticeLine = {
  code: string;
  commissioner: string;
  joined?: string;
  left?: string;
  name?: string;
  opened?: string;
  closed?: string;
  status?: string;
  setting?: string;
};

const cellsOf = (row: PracticeLine): string[] => {
  const cells = Array<string>(27).fill('');
  const { code, commissioner, joined = '', left = '', name = 'INVENTED SURGERY', status = 'A' } = row;
  const { opened = '19740401', closed = '', setting = '4' } = row;
  const told = { 0: code, 1: name, 2: 'Y59', 3: 'QNQ', 4: '1 THE STREET, THE TOWN', 9: 'GU16 7UJ' };
  const more = { 10: opened, 11: closed, 12: status, 13: 'B', 14: commissioner, 15: joined, 16: left, 25: setting };
  for (const [at, value] of Object.entries({ ...told, ...more })) cells[Number(at)] = value;
  return cells;
};

/** The file's text as ODS writes it: no header, every cell in quotes. `columns`: older editions have fewer. */
export const practiceText = (rows: readonly PracticeLine[], columns = 27): string =>
  rows
    .map(
      (row) =>
        `${cellsOf(row)
          .slice(0, columns)
          .map((cell) => `"${cell}"`)
          .join(',')}\r\n`,
    )
    .join('');

/** An ONS look-up of small areas of 2021, of April of a year (`24`). */
export const areaText = (
  rows: readonly { lsoa: string; subIcb: string; icb: string; lad?: string }[],
  year = '24',
): string => {
  const columns = [
    `SICBL${year}CD`,
    `SICBL${year}CDH`,
    `SICBL${year}NM`,
    `ICB${year}CD`,
    `ICB${year}CDH`,
    `ICB${year}NM`,
  ];
  const header = ['LSOA21CD', 'LSOA21NM', ...columns, `LAD${year}CD`, `LAD${year}NM`, 'ObjectId'].join(',');
  const lines = rows.map(({ lsoa, subIcb, icb, lad = 'E07000214' }, at) =>
    [
      lsoa,
      'Somewhere 001A',
      'E38000001',
      subIcb,
      `"NHS Somewhere, and Elsewhere ICB - ${subIcb}"`,
      'E54000001',
      icb,
      'NHS',
      lad,
      'Place',
      at + 1,
    ].join(','),
  );
  return `\uFEFF${[header, ...lines].join('\n')}\n`;
};
