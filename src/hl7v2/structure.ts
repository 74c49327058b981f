/** Fields of each segment that admission and observation messages are made of: the highest number in any version, 2.1 to 2.8. */
const FIELDS: Readonly<Record<string, number>> = {
  ...{ MSH: 25, SFT: 6, UAC: 2, EVN: 7, PID: 40, PD1: 22, ARV: 6, ROL: 14, NK1: 41, PV1: 54, PV2: 50, DB1: 8 },
  ...{ OBX: 26, AL1: 6, DG1: 26, DRG: 33, PR1: 25, GT1: 57, IN1: 54, IN2: 72, IN3: 25, ACC: 12, UB1: 23, UB2: 17 },
  ...{ PDA: 9, MRG: 7, IAM: 30, NTE: 9, OBR: 54, ORC: 33, TXA: 28, NPU: 2 },
};

export const SEGMENT_NAMES: readonly string[] = Object.keys(FIELDS);

/** The last field of a segment; null for a segment of the sender's own (Z...), undefined for one that is in no such message. */
export const lastFieldOf = (segment: string): number | null | undefined =>
  segment.startsWith('Z') ? null : FIELDS[segment];

/** Merges and moves, v2.5.1 chapter 3.3: the only admission events with a prior patient (MRG). */
const WITH_MRG = events('A06-A07 A18 A30 A34-A36 A39-A51');
/** The events whose structure has no visit (PV1) in any version. */
const WITHOUT_PV1 = events('A20 A30 A34-A36 A43-A44 A46-A49');
/** The events whose structure has no observation (OBX) in any version. */
const WITHOUT_OBX = events('A18 A20 A24 A30 A34-A37 A39-A51 A52-A55 A60-A62');

/** Whether an admission event's message may hold a segment, as the standard has it. A sender's own segment may stand anywhere. */
export function mayHold(trigger: string, segment: string): boolean {
  if (segment === 'MRG') return WITH_MRG.has(trigger);
  if (segment === 'PV1' || segment === 'PV2') return !WITHOUT_PV1.has(trigger);
  return segment !== 'OBX' || !WITHOUT_OBX.has(trigger);
}

/** `A34-A36 A40` as the events it names. */
function events(ranges: string): ReadonlySet<string> {
  return new Set(
    ranges.split(' ').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map((event) => Number(event.slice(1)));
      return Array.from({ length: to - from + 1 }, (_, nth) => `A${String(from + nth).padStart(2, '0')}`);
    }),
  );
}
