import type { Pool } from 'pg';
import { nhsNumber } from '../invented.js';
import type { Request } from './ask.js';
import { COUNCILS, TRUSTS } from './messages.js';
import type { Town } from './town.js';

export type Page = Request & { name: string };

const page = (name: string, path: string, form?: Record<string, string>): Page => ({
  name,
  path: `/console${path}`,
  ...(form && { form }),
});

/** Every page of the console that shows something, with what people filter by; of lists also one from the middle. */
export async function pagesOf({ pool, persons, from, until }: Town): Promise<Page[]> {
  const { message, parked, delivery, refused, person } = await someRows(pool);
  const someone = { nhsNumber: nhsNumber(Math.floor(persons / 2)) };
  const middle = (share: number) => new Date(from.getTime() + (until.getTime() - from.getTime()) * share).toISOString();
  const [council] = COUNCILS;
  return [
    page('overview', ''),
    page('messages', '/messages'),
    page('messages from the middle', `/messages?before=${message}`),
    page('messages of a sender', `/messages?sender=${TRUSTS[1]}`),
    page('messages of a trigger', '/messages?trigger=A60'),
    page('messages that are interpreted', '/messages?state=interpreted'),
    page('messages that are parked', '/messages?state=parked'),
    page('messages of a fault', '/messages?fault=code-unmapped'),
    page('messages of a time', `/messages?from=${middle(0.4)}&to=${middle(0.41)}`),
    page('messages of a person', '/messages/search', someone),
    page('message', `/messages/${message}`),
    ...(parked === null ? [] : [page('message that is parked', `/messages/${parked}`)]),
    page('content of a message', `/messages/${message}/content`, { reason: 'the bench measures this page' }),
    page('register', '/register'),
    page('register from the middle', `/register?after=${person}`),
    page('register of a status', '/register?status=prospective'),
    page('register of a council', `/register?body=${council}`),
    page('register with questions', '/register?questions=open'),
    page('register, found by number', '/register/search', someone),
    page('person', `/register/${person}`),
    page('questions', '/questions'),
    page('questions of a kind', '/questions?kind=which-council'),
    page('charges', '/charges'),
    page('charges of a kind', '/charges?kind=recorded-as-care-act'),
    page('charges of a council', `/charges?body=${council}`),
    page('councils and ICBs', '/bodies'),
    page('council', `/bodies/${council}`),
    page('deliveries', '/deliveries'),
    page('deliveries from the middle', `/deliveries?before=${delivery}`),
    page('deliveries that are parked', '/deliveries?state=parked'),
    page('deliveries to a council', `/deliveries?body=${council}&state=confirmed`),
    page('delivery', `/deliveries/${delivery}`),
    ...(refused === null ? [] : [page('delivery that was refused', `/deliveries/${refused}`)]),
    page('audit', '/audit'),
    page('audit of a person', `/audit?person=${person}`),
    page('audit, found by number', '/audit/search', someone),
    page('queues', '/queues'),
  ];
}

/** Null where there is none, as among few people. */
type SomeRows = { message: string; parked: string | null; delivery: string; refused: string | null; person: string };

/** Rows from the middle: neither what everybody looks at nor what has just been written. */
async function someRows(pool: Pool): Promise<SomeRows> {
  const { rows } = await pool.query<SomeRows>(
    `select (select id from messages where id >= (select max(id) / 2 from messages) order by id limit 1) as message,
            (select id
               from messages
              where state = 'parked'
              order by id desc
              limit 1) as parked,
            (select publication_id
               from deliveries
              where publication_id >= (select max(publication_id) / 2 from deliveries)
              order by publication_id
              limit 1) as delivery,
            (select max(publication_id) from deliveries where state = 'parked') as refused,
            (select person_key from entries where person_key > '80000000-0000-4000-8000-000000000000'
              order by person_key limit 1) as person`,
  );
  const [found] = rows;
  if (!found) throw new Error('the database has no rows to show');
  return found;
}
