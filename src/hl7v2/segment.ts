import type { Unescape } from './escape.js';
import type { Header, Segment } from './message.js';

/** What is needed to take one line apart. */
export type Syntax = { header: Header; textOf: Unescape };

/** The value that deletes what was there before. */
const DELETED = '""';

/** One line as a segment. Only the fields that are asked for are taken apart: most of a message never is. */
export function segmentOf(name: string, line: number, text: string, { header, textOf }: Syntax): Segment {
  const { separators } = header;
  let fields: string[] | null = null;
  const repetitions: string[][] = [];

  /** MSH-1 is the separator itself, so that MSH-n stands at n - 1. */
  const repetitionsOf = (field: number): string[] => {
    fields ??= text.split(separators.field);
    repetitions[field] ??= partsOf(fields[name === 'MSH' ? field - 1 : field] ?? '', separators.repetition);
    return repetitions[field];
  };
  const read = (field: number, repetition: number, component = 1, sub = 1): string | null => {
    if (name === 'MSH' && field <= 2) return separatorField(header, field);
    const whole = nthPart(repetitionsOf(field)[repetition] ?? '', separators.component, component);
    const value = nthPart(whole, separators.subcomponent, sub);
    return value === '' || value === DELETED ? null : textOf(value).trim() || null;
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
      return all.length === 1 && valuesIn(all[0] ?? '', header).length === 0 ? 0 : all.length;
    },
    isDeleted: (path) => {
      const [field, component, sub] = numbers(path);
      const whole = repetitionsOf(field)[0] ?? '';
      const part = component === undefined ? whole : nthPart(whole, separators.component, component);
      const held = valuesIn(sub === undefined ? part : nthPart(part, separators.subcomponent, sub), header);
      return held.length > 0 && held.every((value) => value === DELETED);
    },
  };
}

/** A separator that the sender does not use separates nothing. */
const partsOf = (text: string, separator: string): string[] => (separator === '' ? [text] : text.split(separator));

/** Counted from one; empty where there are fewer. */
function nthPart(text: string, separator: string, nth: number): string {
  if (separator === '' || !text.includes(separator)) return nth === 1 ? text : '';
  return text.split(separator)[nth - 1] ?? '';
}

/** Everything in a repetition, or a part of one, that is not empty. */
const valuesIn = (text: string, { separators: { component, subcomponent } }: Header): string[] =>
  partsOf(text, component)
    .flatMap((part) => partsOf(part, subcomponent))
    .filter((value) => value !== '');

const separatorField = ({ separators: s }: Header, field: number) =>
  field === 1 ? s.field : s.component + s.repetition + s.escape + s.subcomponent;

/** Paths are those of feed definitions and of this program: few, and asked for with every message. */
const known = new Map<string, [number, ...number[]]>();

/** `3.4.2` as numbers. A path that is not one is a mistake of the caller's. */
function numbers(path: string): [number, ...number[]] {
  const before = known.get(path);
  if (before) return before;
  const [first, ...rest] = path.split('.').map(Number);
  if (first === undefined || ![first, ...rest].every((part) => Number.isInteger(part) && part > 0))
    throw new TypeError(`HL7 path "${path}": write field, component and sub-component as numbers, like 3.4.2`);
  known.set(path, [first, ...rest]);
  return [first, ...rest];
}
