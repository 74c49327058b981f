/**
 * mappings/hl7v2/field-names.csv from the hl7v2 library's dictionary. The library holds every version whole, some hundred
 * megabytes of it; the service needs the names of one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dictionaries } from 'hl7v2';

const FILE = new URL('../mappings/hl7v2/field-names.csv', import.meta.url);
/** The newest version in which every field of the older ones still has its name. */
const VERSION = '2.5.1';

const quoted = (text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function rows() {
  const { segments } = dictionaries[VERSION];
  return Object.keys(segments)
    .sort()
    .flatMap((segment) => [
      `${segment},0,${quoted(segments[segment].desc)}`,
      ...Object.entries(segments[segment].fields).map(([field, { desc }]) => `${segment},${field},${quoted(desc)}`),
    ]);
}

const text = `${['segment,field,name', ...rows()].join('\n')}\n`;
if (process.argv.includes('--check')) {
  process.exitCode = readFileSync(FILE, 'utf8') === text ? 0 : 1;
} else {
  writeFileSync(FILE, text);
}
