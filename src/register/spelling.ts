/** What nobody sees: format characters such as U+200B, and what else a reader is to pass over. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const SPACE = /[\s\p{Cc}]+/gu;

/** A name or code as people read it: one form of each character (NFKC), nothing unseen, single spaces. */
export const tidied = (written: string): string =>
  written.replace(UNSEEN, '').normalize('NFKC').replace(SPACE, ' ').trim();

/**
 * Two names or codes are one where these are equal: they are read without regard to case as well. Only for comparing: what
 * was written stays as it is.
 */
export const spelling = (written: string): string => tidied(tidied(written).toUpperCase()).toLowerCase();

const APOSTROPHE = /['’‘ʼ`´]/gu;

/** The words of a name, for comparing: in small letters, without accents and whatever is written between. */
export const plainWords = (written: string): string[] =>
  tidied(written.replace(APOSTROPHE, '').replaceAll('&', ' and '))
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
