/** Somebody who does not exist. NHS numbers that begin with 999 are never given to a person. */
export type Invented = { family: string; given: string; nhsNumber: string | null; mrn: string; born: string };

const invented = (name: string, nhsNumber: string | null, mrn: string, born: string): Invented => {
  const [given = '', family = ''] = name.split(' ');
  return { family, given, nhsNumber, mrn, born };
};

export const PEOPLE = {
  ada: invented('Ada Fenwick', '9990001006', '400101', '19780412'),
  basil: invented('Basil Okoro', '9990001014', '400102', '19910830'),
  chloe: invented('Chloë Hartnell', '9990001022', '400103', '19850117'),
  dorothy: invented('Dorothy Pike', '9990001030', '400104', '19660925'),
  edwin: invented('Edwin Marsh', '9990001049', '400105', '19490603'),
  farah: invented('Farah Siddiqui', '9990001057', '400106', '19930211'),
  gwen: invented('Gwen Abbott', '9990001065', '400107', '19801120'),
  /** The same woman, registered a second time under her former name. */
  gwenAgain: invented('Gwen Lacey', '9990001073', '400108', '19801120'),
  hugo: invented('Hugo Lindqvist', null, '400109', '19720708'),
  ines: invented('Ines Caldwell', '9990001081', '400110', '19880519'),
  jonah: invented('Jonah Reeve', '9990001103', '400111', '19970304'),
  kit: invented('Kit Lawson', '9990001111', '400112', '20010614'),
  leila: invented('Leila Brandt', '9990001138', '400113', '19901002'),
  max: invented('Max Ellery', '9990001146', '400114', '19830922'),
} as const;

export const nameOf = ({ given, family }: Invented): string => `${given} ${family}`;
