import { unescaped } from './escape.js';
import type { Header, Segment } from './message.js';

/** What is needed to take one line apart. `charset`: of bytes that the sender wrote as an escape sequence. */
export type Syntax = { header: Header; charset: string };

/** The value that deletes what was there before. */
const DELETED = '""';

/** A line, and as much of it as has been taken apart. */
type Line = Segment & { text: string; syntax: Syntax; fields: string[] | null; apart: string[][] };

/**
 * One line as a segment. Only the fields that are asked for are taken apart: most of a message never is.
 *
 * Its methods are this module's functions and no closures: of those V8 loses what it has compiled whenever a garbage
 * collection finds none of them, and compiles it again, message after message. It would lose it with the last object of
 * a class, too; the shape of a literal stays.
 */
export function segmentOf(name: string, line: number, text: string, syntax: Syntax): Segment {
  const segment: Line = { name, line, text, syntax, fields: null, apart: [], value, at, repetitions, isDeleted };
  return segment;
}

function value(this: Line, path: string): string | null {
  const [field, component, sub] = numbers(path);
  return read(this, field, 0, component, sub);
}

function at(this: Line, field: number, repetition: number, componentPath: string): string | null {
  const [component, sub] = numbers(componentPath);
  return read(this, field, repetition, component, sub);
}

function repetitions(this: Line, field: number): number {
  const all = repetitionsOf(this, field);
  return all.length === 1 && valuesIn(all[0] ?? '', this.syntax.header).length === 0 ? 0 : all.length;
}

function isDeleted(this: Line, path: string): boolean {
  const [field, component, sub] = numbers(path);
  const { header } = this.syntax;
  const whole = repetitionsOf(this, field)[0] ?? '';
  const part = component === undefined ? whole : nthPart(whole, header.separators.component, component);
  const held = valuesIn(sub === undefined ? part : nthPart(part, header.separators.subcomponent, sub), header);
  return held.length > 0 && held.every((each) => each === DELETED);
}

function read(line: Line, field: number, repetition: number, component = 1, sub = 1): string | null {
  const { header, charset } = line.syntax;
  const { separators } = header;
  if (line.name === 'MSH' && field <= 2) return separatorField(header, field);
  const whole = nthPart(repetitionsOf(line, field)[repetition] ?? '', separators.component, component);
  const written = nthPart(whole, separators.subcomponent, sub);
  return written === '' || written === DELETED ? null : unescaped(written, separators, charset).trim() || null;
}

/** MSH-1 is the separator itself, so that MSH-n stands at n - 1. */
function repetitionsOf(line: Line, field: number): string[] {
  const { name, text, syntax, apart } = line;
  const { separators } = syntax.header;
  line.fields ??= text.split(separators.field);
  apart[field] ??= partsOf(line.fields[name === 'MSH' ? field - 1 : field] ?? '', separators.repetition);
  return apart[field];
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
