/** So many numbers there are: two are set aside for each person, because one in eleven has no check digit. */
export const MOST_PEOPLE = 500_000;

/** The nth invented NHS number that begins 999 and passes modulus 11; none is given to anybody. */
export function nhsNumber(nth: number): string {
  for (let body = 999_000_000 + (nth % MOST_PEOPLE) * 2; ; body++) {
    const digits = [...String(body)].map(Number);
    const sum = digits.reduce((total, digit, place) => total + digit * (10 - place), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${body}${check}`;
  }
}

/** A trust's own number. All are of one length, so that none is the beginning of another. */
export const localNumber = (run: string, nth: number): string => `${run}${String(nth).padStart(7, '0')}`;
