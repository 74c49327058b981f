/** The nth invented NHS number that begins 999 and passes modulus 11; none is given to anybody. */
export function nhsNumber(nth: number): string {
  // One in eleven has no check digit, so numbers are tried in turn from a place that no other nth reaches.
  for (let body = 999_000_000 + nth * 2; ; body++) {
    const digits = [...String(body)].map(Number);
    const sum = digits.reduce((total, digit, place) => total + digit * (10 - place), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${body}${check}`;
  }
}

const PADDING = 'Invented text that stands for what real messages carry besides.'.repeat(10);

/** A discharge after a section 3, of about 1.5 KB, for the nth person. */
export function discharge(nth: number, run: string): Buffer {
  const local = `${run}${nth}`;
  return Buffer.from(
    [
      `MSH|^~\\&|EPR|RXT|AB|QHL|20260301100500||ADT^A03^ADT_A03|${local}|P|2.5|||||GBR|UNICODE UTF-8`,
      'EVN|A03|20260301100000',
      `PID|1||${nhsNumber(nth)}^^^NHS^NH~${local}^^^RXT^MR||Invented^Person^^^Mx||19800101|F|||1 No Street^^Nowhere^^ZZ99 3VZ^GBR`,
      'PD1|||A Practice^^M85001',
      `PV1|1|I|WARD1^BAY1^BED1${'|'.repeat(16)}${local}${'|'.repeat(17)}1|19${'|'.repeat(7)}20260101080000|20260301100000`,
      `ZMH|1|${local}|03^Section 3^MHACT-ENG|20260101|20260220||A||||E08000025^^^GSS||15E^^^ODS`,
      `NTE|1||${PADDING}`,
    ].join('\r'),
  );
}
