import { HL7Dictionary, HL7Message, type HL7Repetition, HL7Segment, HL7Version } from 'hl7v2';
import type { Unescape } from './escape.js';
import type { Header, Segment } from './message.js';

/** What the library needs to take one line apart. */
export type Syntax = { library: HL7Message; header: Header; textOf: Unescape };

/**
 * The library's dictionaries decode dates and numbers (`1944` becomes `19440101`), give Z-segments no sub-components,
 * and differ by version. With this one every field is plain: repetitions, components, sub-components, text.
 */
const PLAIN = new HL7Dictionary({ types: { ST: { fields: {} } } });
const PLAIN_BY_VERSION = Object.fromEntries(Object.values(HL7Version).map((version) => [version, PLAIN]));

/**
 * Stands for the backslash while the library splits, so that it leaves escape sequences to `unescaper`: it knows
 * neither `\.br\` nor other escape characters. A lone surrogate cannot occur in decoded text.
 */
const BACKSLASH_KEPT = '\udfff';
/** Stands for a separator that the sender does not use: the library would split at an empty one everywhere. */
const NEVER = '\udffe';

export function syntaxOf(header: Header, textOf: Unescape): Syntax {
  const library = new HL7Message(HL7Version.v2_5_1, PLAIN_BY_VERSION);
  const { field, component, repetition, subcomponent } = header.separators;
  library.fieldSeparator = field;
  library.componentSeparator = component;
  library.repetitionSeparator = repetition;
  library.subComponentSeparator = subcomponent || NEVER;
  return { library, header, textOf };
}

/** One line as a segment, taken apart only when first asked for a value. */
export function segmentOf(name: string, line: number, text: string, syntax: Syntax): Segment {
  let parsed: HL7Segment | null = null;
  const repetitionsOf = (field: number): HL7Repetition[] => {
    parsed ??= HL7Segment.parse(syntax.library, text.replaceAll('\\', BACKSLASH_KEPT));
    return parsed.fields[field - 1]?.repetitions ?? [];
  };
  const read = (field: number, repetition: number, component = 1, sub = 1): string | null => {
    if (name === 'MSH' && field <= 2) return separatorField(syntax.header, field);
    const value = heldIn(repetitionsOf(field)[repetition], component, sub)[0];
    return typeof value === 'string' ? syntax.textOf(value.replaceAll(BACKSLASH_KEPT, '\\')).trim() || null : null;
  };
  return {
    name,
    line,
    value: (path) => {
      const [field, component, sub] = numbers(path);
      return read(field, 0, component, sub);
    },
    at: (field, repetition, componentPath) => {
      const [component, sub] = numbers(componentPath);
      return read(field, repetition, component, sub);
    },
    repetitions: (field) => {
      const all = repetitionsOf(field);
      return all.length === 1 && heldIn(all[0]).every((value) => value === undefined) ? 0 : all.length;
    },
    isDeleted: (path) => {
      const [field, component, sub] = numbers(path);
      const held = heldIn(repetitionsOf(field)[0], component, sub).filter((value) => value !== undefined);
      return held.length > 0 && held.every((value) => value === null);
    },
  };
}

/** The values of a repetition, of one component or of one sub-component: text, null for `""`, undefined for empty. */
function heldIn(repetition: HL7Repetition | undefined, component?: number, sub?: number): unknown[] {
  const components = repetition?.components ?? [];
  return (component === undefined ? components : components.slice(component - 1, component))
    .flatMap((each) => each.subComponents ?? [])
    .filter((each) => sub === undefined || each.position === sub)
    .map((each): unknown => each.value);
}

const separatorField = ({ separators: s }: Header, field: number) =>
  field === 1 ? s.field : s.component + s.repetition + s.escape + s.subcomponent;

/** `3.4.2` as numbers. A path that is not one is a mistake of the caller's. */
function numbers(path: string): [number, ...number[]] {
  const [first, ...rest] = path.split('.').map(Number);
  if (first === undefined || ![first, ...rest].every((part) => Number.isInteger(part) && part > 0))
    throw new TypeError(`HL7 path "${path}": write field, component and sub-component as numbers, like 3.4.2`);
  return [first, ...rest];
}
