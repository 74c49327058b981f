import { moneyText as money } from '../console/money.js';
import { wording } from '../console/wording.js';
import {
  type ChargeSums,
  chargedPeople,
  type Finance,
  financeExtract,
  openChargeSums,
  type PersonCharged,
} from '../flow/charges.js';
import { londonDay } from '../register/day.js';
import { type Command, type CommandLine, type Context, isSet, type Terminal, textOption } from './command.js';
import { everySecond, jsonPeople, recordLooks } from './many-people.js';
import { counted, tableText } from './table.js';
import { usageFault } from './usage.js';

export const chargesCommand: Command = {
  name: 'charges',
  summary: 'who is charged while aftercare is owed, which is free; holds a finance extract against the register',
  usage:
    'aftercare charges [--council CODE] [--people] [--json] | --from FILE --with MAPPING [--apply] [--people] [--json]',
  example: 'aftercare charges --from finance.csv --with mappings/load/finance.yaml',
  options: {
    council: { type: 'string', says: 'only of whom this council or ICB is responsible' },
    from: { type: 'string', says: "a council's finance extract, saved as CSV" },
    with: { type: 'string', says: 'what its columns mean (docs/charges.md)' },
    apply: { type: 'boolean', says: 'records the charges of the extract, so that each is asked about' },
    people: { type: 'boolean', says: 'names everybody; that they were shown is recorded, as with --json' },
  },
  async run(line, terminal, context) {
    if (line.words.length > 0) throw usageFault('charges', 'takes options only');
    const sums = openChargeSums();
    const print = isSet(line, 'json') ? jsonPrinter(terminal) : textPrinter(isSet(line, 'people'), terminal);
    const show = async (people: readonly PersonCharged[]) => {
      if (print.isNaming) await recordLooks(people, 'charges', context);
      for (const person of people) {
        sums.add(person);
        print.person(person);
      }
    };
    const extract = await read(line, { show, terminal, begin: print.begin }, context);
    print.end(sums.sums(), extract);
    return sums.sums().people + (extract?.refused ?? 0) === 0 ? 0 : 1;
  },
};

type Showing = { show(people: readonly PersonCharged[]): Promise<void>; terminal: Terminal; begin(): void };

/** The extract, where one was given; else what the register asks about. */
async function read(line: CommandLine, { show, terminal, begin }: Showing, context: Context): Promise<Finance | null> {
  const [file, mappingFile, council] = [
    textOption(line, 'from'),
    textOption(line, 'with'),
    textOption(line, 'council'),
  ];
  const today = londonDay(new Date().toISOString());
  const { site, mappings, directory } = context.tables(null);
  const { pool } = await context.database();
  if (file === null) {
    if (mappingFile !== null || isSet(line, 'apply')) throw usageFault('charges', 'name the extract with --from FILE');
    begin();
    for await (const people of chargedPeople(pool, today, council ?? undefined)) await show(people);
    return null;
  }
  if (mappingFile === null || council !== null)
    throw usageFault(
      'charges',
      'of an extract, say what its columns mean with --with MAPPING, and leave out --council',
    );
  begin();
  const now = () => new Date();
  return financeExtract(
    {
      file,
      mappingFile,
      apply: isSet(line, 'apply'),
      by: context.operator,
      charged: show,
      progress: everySecond((rows: number) => terminal.err(`${rows} rows read`)),
    },
    { pool, site, mappings, directory, now, today: () => today, log: context.log() },
  );
}

function textPrinter(isNaming: boolean, { out }: Terminal) {
  return {
    isNaming,
    begin: () => undefined,
    person({ nhsNumber, council, charged, unchecked }: PersonCharged): void {
      if (!isNaming) return;
      out(`person ${nhsNumber ?? 'without NHS number'}, ${council ?? 'no council known'}`);
      for (const { charge, kinds, pence } of charged) {
        const to = charge.to === null ? '' : ` to ${charge.to}`;
        out(
          `  £${charge.amountPerWeek} a week for ${charge.for} from ${charge.from}${to}: ${money(pence)} while aftercare was owed`,
        );
        for (const kind of kinds) out(`    ${wording.charge(kind)}`);
      }
      for (const text of unchecked) out(`  ${text}`);
    },
    end({ people, charges, pence, kinds, services }: ChargeSums, extract: Finance | null): void {
      const rows = (Object.entries(kinds) as [keyof typeof kinds, { charges: number; pence: number }][]).filter(
        ([, of]) => of.charges > 0,
      );
      if (rows.length > 0)
        out(
          `${tableText(
            ['CHARGES', 'CHARGED', 'WHY IT IS LOOKED AT'],
            rows.map(([kind, of]) => [String(of.charges), money(of.pence), wording.charge(kind)]),
          )}\n`,
        );
      if (services.length > 0)
        out(
          `${tableText(
            ['CHARGES', 'CHARGED', 'FOR'],
            services.map((of) => [String(of.charges), money(of.pence), of.for]),
          )}\n`,
        );
      out(
        `${counted(people, 'person')}, ${counted(charges, 'charge')}: ${money(pence)} was charged while aftercare was owed.`,
      );
      if (extract !== null) printExtract(extract, out);
      if (people > 0 && !isNaming) out('--people names everybody.');
    },
  };
}

const SHOWN = 50;

function printExtract(
  { rows, refused, charges, known, settled, beside, refusals }: Finance,
  out: Terminal['out'],
): void {
  for (const { line, column, what, next } of refusals.slice(0, SHOWN))
    out(`line ${line}${column === null ? '' : `, ${column}`}: ${what} — ${next}`);
  out(
    `${counted(rows, 'row')}: ${counted(charges, 'charge')}, ${known} recorded before and ${settled} of them settled; ${refused} rows refused.`,
  );
  out(`${beside} fall into no time of aftercare that this register knows of, which does not mean that none was owed.`);
}

function jsonPrinter({ out }: Terminal) {
  const people = jsonPeople(out);
  return {
    isNaming: true,
    begin: () => people.begin({}),
    person: ({ personKey: _, charged, ...person }: PersonCharged) =>
      people.person({
        ...person,
        charged: charged.map(({ charge: { id, from, to, amountPerWeek, for: service, recordedAs }, ...rest }) => ({
          ...{ id, from, to, amountPerWeek, for: service, recordedAs: recordedAs ?? null },
          ...rest,
        })),
      }),
    end: (sums: ChargeSums, extract: Finance | null) => people.end({ sums, extract }),
  };
}
