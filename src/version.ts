import { readFileSync } from 'node:fs';

/** What package.json says; one folder up from src and from dist alike. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
