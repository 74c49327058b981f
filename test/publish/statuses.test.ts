import { describe, expect, test } from '@jest/globals';
import { publish } from '../../src/publish/publish.js';
import { stamp } from '../../src/publish/stamp.js';
import type { Episode } from '../../src/register/entry.js';
import { faultsOf } from '../profiles/validator.js';
import * as people from './entries.js';

const { BIRMINGHAM, BSOL, SOLIHULL, BLACK_COUNTRY, CONTEXT, IDS, PLAN } = people;

type Row = {
  story: string;
  episode: Episode;
  flag: string | null;
  episodeOfCare: string;
  carePlan: string;
};

/** The table "What a body is sent" of the contract, and what hangs on it. */
const TABLE: Row[] = [
  {
    story: 'detained under section 3, still in hospital: planning can begin, nothing is owed yet',
    episode: people.inHospital(),
    flag: null,
    episodeOfCare: 'planned',
    carePlan: 'draft',
  },
  {
    story: 'a discharge that was cancelled: the Flag already sent goes back',
    episode: people.inHospital({ dischargeCancelled: true }),
    flag: 'inactive discharge-cancelled',
    episodeOfCare: 'planned',
    carePlan: 'draft',
  },
  {
    story: 'home, no plan agreed yet',
    episode: people.episode(),
    flag: 'active',
    episodeOfCare: 'active',
    carePlan: 'draft',
  },
  {
    story: 'home, with an agreed plan',
    episode: people.episode({ plan: PLAN }),
    flag: 'active',
    episodeOfCare: 'active',
    carePlan: 'active',
  },
  {
    story: 'home after a cancelled discharge and then a real one',
    episode: people.episode({ dischargeCancelled: true }),
    flag: 'active',
    episodeOfCare: 'active',
    carePlan: 'draft',
  },
  {
    story: 'recalled to hospital: the plan waits, the entitlement does not',
    episode: people.episode({ onHold: true, plan: PLAN }),
    flag: 'active',
    episodeOfCare: 'onhold',
    carePlan: 'on-hold',
  },
  {
    story: 'detained again under section 3',
    episode: people.redetained({ plan: PLAN }),
    flag: 'inactive redetained',
    episodeOfCare: 'finished',
    carePlan: 'revoked',
  },
  {
    story: 'both bodies decided that nothing is needed any more',
    episode: people.jointlyEnded({ plan: PLAN }),
    flag: 'inactive joint-decision',
    episodeOfCare: 'finished',
    carePlan: 'completed',
  },
  {
    story: 'died at home',
    episode: people.died({ plan: PLAN }),
    flag: 'inactive died',
    episodeOfCare: 'finished',
    carePlan: 'revoked',
  },
  {
    story: 'died on the ward: no Flag there never was',
    episode: people.died({ from: null }),
    flag: null,
    episodeOfCare: 'finished',
    carePlan: 'revoked',
  },
  {
    story: 'died on the ward after a cancelled discharge',
    episode: people.died({ from: null, dischargeCancelled: true }),
    flag: 'inactive died',
    episodeOfCare: 'finished',
    carePlan: 'revoked',
  },
  {
    story: 'recorded in error',
    episode: people.inError({ plan: PLAN }),
    flag: 'entered-in-error',
    episodeOfCare: 'entered-in-error',
    carePlan: 'entered-in-error',
  },
];

describe.each(TABLE)('$story', ({ episode, ...expected }) => {
  const publications = publish(people.entry([episode]), people.everywhere());

  test.each([
    ['council', BIRMINGHAM],
    ['icb', BSOL],
  ])('the %s %s is told so', (kind, code) => {
    const publication = publications.find(({ to }) => to.kind === kind && to.code === code);
    const content = publication?.episodes[0];
    expect({
      flag: content?.flag ? [content.flag.status, content.flag.reason].filter(Boolean).join(' ') : null,
      episodeOfCare: content?.episodeOfCare,
      carePlan: content?.carePlan,
    }).toEqual({ flag: expected.flag, episodeOfCare: expected.episodeOfCare, carePlan: expected.carePlan });
  });

  test('nobody else is told', () => {
    expect(publications.map(({ to }) => to.code)).toEqual([BIRMINGHAM, BSOL]);
  });

  test('what is sent is valid, in the order episode, Flag, plan', () => {
    for (const publication of publications) {
      const { resources } = stamp(publication, IDS, 1, CONTEXT);
      expect(resources.map(({ resourceType }) => resourceType)).toEqual(
        expected.flag === null ? ['EpisodeOfCare', 'CarePlan'] : ['EpisodeOfCare', 'Flag', 'CarePlan'],
      );
      expect(resources.flatMap(faultsOf)).toEqual([]);
    }
  });
});

describe('a body that is no longer responsible', () => {
  const moved = people.episode({ formerCouncils: [SOLIHULL], formerIcbs: [BLACK_COUNTRY], plan: PLAN });
  const publications = publish(people.entry([moved]), people.everywhere({ sendLegalBasis: true }));
  const former = publications.filter(({ to }) => [SOLIHULL, BLACK_COUNTRY].includes(to.code));

  test.each([SOLIHULL, BLACK_COUNTRY])('%s hears that responsibility has moved', (code) => {
    const publication = publications.find(({ to }) => to.code === code);
    expect(publication).toMatchObject({
      withdrawal: true,
      episodes: [
        {
          episodeOfCare: 'finished',
          flag: { status: 'inactive', reason: 'responsibility-moved' },
          carePlan: 'revoked',
        },
      ],
    });
  });

  test('hears nothing else: not the plan, not the bodies, not the section', () => {
    expect(former).toHaveLength(2);
    for (const { episodes } of former) {
      expect(episodes[0]).toMatchObject({ plan: null, bodies: [], legalBasis: [], end: null });
    }
  });

  test('and what it is sent is valid', () => {
    expect(former.flatMap((publication) => stamp(publication, IDS, 2, CONTEXT).resources).flatMap(faultsOf)).toEqual(
      [],
    );
  });

  test('but a body that was named before and is responsible again is told as responsible', () => {
    const again = people.episode({ formerCouncils: [BIRMINGHAM] });
    const [toBirmingham] = publish(people.entry([again]), people.everywhere());
    expect(toBirmingham).toMatchObject({ to: { code: BIRMINGHAM }, withdrawal: false });
  });

  test('later hears of a mistake, if the whole episode was one', () => {
    const mistake = people.inError({ formerCouncils: [SOLIHULL] });
    const told = publish(people.entry([mistake]), people.everywhere());
    expect(told.find(({ to }) => to.code === SOLIHULL)?.episodes[0]?.carePlan).toBe('entered-in-error');
  });
});
