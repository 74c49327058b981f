import { z } from 'zod';
import { statedSchema } from '../flow/state.js';
import {
  AuditQuery,
  BodyParameter,
  ChargeQuery,
  DeliveryQuery,
  DueQuery,
  HandOver,
  MessageQuery,
  NhsNumberSearch,
  PauseReason,
  PersonParameter,
  QuestionQuery,
  RegisterQuery,
  RowParameter,
  ThenQuery,
} from './queries.js';
import { ChargeListView, DueListView, PersonView, QuestionListView, RegisterView } from './register-schemas.js';
import {
  AuditListView,
  BodyListView,
  BodyView,
  DeliveryListView,
  DeliveryView,
  FactsRecorded,
  HandedOver,
  MessageListView,
  MessageView,
  OverviewView,
  ProblemView,
  RegisterChecksView,
  SealHeadView,
} from './schemas.js';

type Operation = {
  method: 'get' | 'post';
  path: string;
  summary: string;
  answer: z.ZodType;
  query?: z.ZodObject;
  parameter?: z.ZodObject;
  body?: z.ZodType;
  /** Of each line, where several facts can be sent at once. */
  line?: () => object;
};

const OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/overview',
    summary: 'What comes in, what waits for whom, and whether the parts work',
    answer: OverviewView,
  },
  {
    method: 'get',
    path: '/api/messages',
    summary: 'The inbox, newest first',
    query: MessageQuery,
    answer: MessageListView,
  },
  {
    method: 'post',
    path: '/api/messages/search',
    summary: 'Messages whose facts name a person; the look is recorded',
    body: NhsNumberSearch,
    answer: MessageListView,
  },
  {
    method: 'get',
    path: '/api/messages/{id}',
    summary: 'A message and what followed from it, without its content',
    parameter: RowParameter,
    answer: MessageView,
  },
  {
    method: 'get',
    path: '/api/register',
    summary: 'The register, one row a person; each look is recorded',
    query: RegisterQuery,
    answer: RegisterView,
  },
  {
    method: 'post',
    path: '/api/register/search',
    summary: 'The person who answers to an NHS number; the look is recorded',
    body: NhsNumberSearch,
    answer: RegisterView,
  },
  {
    method: 'get',
    path: '/api/register/{key}',
    summary: 'One person and why, today or as it was and was known; the look is recorded',
    parameter: PersonParameter,
    query: ThenQuery,
    answer: PersonView,
  },
  {
    method: 'post',
    path: '/api/facts',
    summary:
      'What people state: one fact, or several, one a line; all or nothing, and every mistake is named by its line',
    line: statedSchema,
    answer: FactsRecorded,
  },
  {
    method: 'get',
    path: '/api/questions',
    summary: 'What only a person may answer, the oldest first; each look is recorded',
    query: QuestionQuery,
    answer: QuestionListView,
  },
  {
    method: 'get',
    path: '/api/due',
    summary: 'What is due and overdue, the longest due first; each look is recorded',
    query: DueQuery,
    answer: DueListView,
  },
  {
    method: 'get',
    path: '/api/charges',
    summary: 'What people were charged while aftercare was owed, the largest sum first; each look is recorded',
    query: ChargeQuery,
    answer: ChargeListView,
  },
  {
    method: 'get',
    path: '/api/audit',
    summary: 'Who looked at whom and changed what, newest first',
    query: AuditQuery,
    answer: AuditListView,
  },
  {
    method: 'get',
    path: '/api/seals/head',
    summary: 'The head over everything sealed so far, to be noted outside the service',
    answer: SealHeadView,
  },
  {
    method: 'get',
    path: '/api/bodies',
    summary: 'Councils and ICBs: what each holds and lacks',
    answer: BodyListView,
  },
  {
    method: 'get',
    path: '/api/bodies/{code}',
    summary: 'One council or ICB',
    parameter: BodyParameter,
    answer: BodyView,
  },
  {
    method: 'get',
    path: '/api/bodies/{code}/registers',
    summary: 'How its own register compared with this one, newest first',
    parameter: BodyParameter,
    answer: RegisterChecksView,
  },
  {
    method: 'post',
    path: '/api/bodies/{code}/pause',
    summary: 'Hands nothing over to it until it is resumed',
    parameter: BodyParameter,
    body: PauseReason,
    answer: BodyView,
  },
  {
    method: 'post',
    path: '/api/bodies/{code}/resume',
    summary: 'Hands over at once what waited',
    parameter: BodyParameter,
    answer: BodyView,
  },
  {
    method: 'get',
    path: '/api/deliveries',
    summary: 'Versions for councils and ICBs, newest first',
    query: DeliveryQuery,
    answer: DeliveryListView,
  },
  {
    method: 'post',
    path: '/api/deliveries/hand-over',
    summary: 'Hand over again: one delivery, or all that a body does not have',
    body: HandOver,
    answer: HandedOver,
  },
  {
    method: 'get',
    path: '/api/deliveries/{id}',
    summary: 'One version for one body, its attempts and its answer; the look at the person is recorded',
    parameter: RowParameter,
    answer: DeliveryView,
  },
];

/** OpenAPI 3.1 of `/api`, made of the schemas that the requests are checked with. */
export function openApi() {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Aftercare Bridge',
      version: '1',
      description: 'What the console shows. NHS numbers are sent in bodies and never in addresses.',
    },
    security: [{ operator: [] }],
    components: { securitySchemes: { operator: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
}

function describe({ summary, answer, query, parameter, body, line }: Operation): object {
  return {
    summary,
    parameters: [...parametersOf(query, 'query'), ...parametersOf(parameter, 'path')],
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } } : {}),
    ...(line ? { requestBody: { required: true, content: linesOf(line()) } } : {}),
    responses: {
      200: { description: 'the answer', content: { 'application/json': { schema: schemaOf(answer) } } },
      default: {
        description: 'what is wrong, and what next',
        content: { 'application/problem+json': { schema: schemaOf(ProblemView) } },
      },
    },
  };
}

const linesOf = (schema: object): object => ({
  'application/json': { schema },
  'application/x-ndjson': { schema: { type: 'string', description: 'one such fact a line' } },
});

const parametersOf = (schema: z.ZodObject | undefined, place: 'query' | 'path'): object[] =>
  Object.entries(schema?.shape ?? {}).map(([name, member]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: schemaOf(member as z.ZodType),
  }));

/** As it is once checked: an empty field of a form has become an absent one. */
function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any' });
  return rest;
}
