/** The digits of an NHS number as people and systems write it (with spaces or hyphens). */
export const tidyNhsNumber = (written: string): string => written.replace(/[\s-]/g, '');

/** NHS Data Dictionary, NHS NUMBER: ten digits, the last a modulus 11 check digit. */
export function isNhsNumber(text: string): boolean {
  if (!/^\d{10}$/.test(text) || /^(\d)\1{9}$/.test(text)) return false;
  const sum = [...text.slice(0, 9)].reduce((total, digit, place) => total + Number(digit) * (10 - place), 0);
  const check = 11 - (sum % 11);
  return (check === 11 ? 0 : check) === Number(text[9]);
}
