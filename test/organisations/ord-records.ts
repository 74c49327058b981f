/** Days of a role, a relationship or a body, by the type that the ORD API writes. */
type Days = { Type: 'Legal' | 'Operational'; Start?: string; End?: string };

export type RecordGiven = {
  code: string;
  name?: string;
  from?: string;
  to?: string;
  changed?: string;
  roles: readonly { id: string; from?: string; to?: string }[];
  /** RE5, with the ICB it is located in. */
  icbs?: readonly { icb: string; from: string; to?: string }[];
  predecessors?: readonly { code: string; on: string }[];
  successors?: readonly { code: string; on: string }[];
};

const days = (from: string | undefined, to: string | undefined): Days[] => [
  { Type: 'Operational', ...(from ? { Start: from } : {}) },
  { Type: 'Legal', ...(from ? { Start: from } : {}), ...(to ? { End: to } : {}) },
];

const target = (extension: string, role: string) => ({
  OrgId: { root: '2.16.840.1.113883.2.1.3.2.4.18.48', assigningAuthorityName: 'HSCIC', extension },
  PrimaryRoleId: { id: role, uniqueRoleId: 1 },
});

/** An answer of the ORD API about one body; the first role is the primary one. */
export function ordRecord(given: RecordGiven) {
  const [primary] = given.roles;
  const successions = [
    ...(given.predecessors ?? []).map(({ code, on }) => ({ Type: 'Predecessor', code, on })),
    ...(given.successors ?? []).map(({ code, on }) => ({ Type: 'Successor', code, on })),
  ];
  return {
    Organisation: {
      ...(given.name === undefined ? {} : { Name: given.name }),
      Date: days(given.from, given.to),
      OrgId: target(given.code, '').OrgId,
      Status: 'Active',
      ...(given.changed === undefined ? {} : { LastChangeDate: given.changed }),
      orgRecordClass: 'RC1',
      Roles: {
        Role: given.roles.map((role) => ({
          id: role.id,
          uniqueRoleId: 1,
          ...(role === primary ? { primaryRole: true } : {}),
          Date: days(role.from, role.to),
          Status: 'Active',
        })),
      },
      ...(given.icbs === undefined
        ? {}
        : {
            Rels: {
              Rel: given.icbs.map(({ icb, from, to }) => ({
                id: 'RE5',
                Date: days(from, to),
                Status: 'Active',
                Target: target(icb, 'RO261'),
              })),
            },
          }),
      ...(successions.length === 0
        ? {}
        : {
            Succs: {
              Succ: successions.map(({ Type, code, on }, at) => ({
                uniqueSuccId: at + 1,
                Type,
                Date: [{ Type: 'Legal', Start: on }],
                Target: target(code, primary?.id ?? ''),
              })),
            },
          }),
    },
  };
}
