/** The OpenAPI document: every route of the API, its role, its body and the answers that all share. Not for the core. */
import { z } from 'zod';
import { roleOfRoute } from '../../access/route-role.ts';
import { routeNames } from '../routes.ts';
import { BODIES } from './bodies.ts';
import { QUERIES } from './queries.ts';

const problemSchema = z.object({
  code: z.string().describe('stable'),
  text: z.string().describe('what went wrong, with field and value'),
  remedy: z.string().describe('what to do'),
});

const REFUSALS: Readonly<Record<string, string>> = {
  '307': 'another node leads: Location',
  '400': 'cannot be read',
  '401': 'no token, or a wrong one',
  '403': 'the role lacks it, or a page of another site',
  '422': 'a field is wrong',
  '429': 'too many',
  '503': 'no leader, or starting; nothing was done',
  '504': 'outcome unknown: repeat it with the same clientKey',
};

export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const name of routeNames()) {
    const [method = '', path = ''] = name.split(' ');
    const shown = path.replaceAll('/:', '/{id}');
    paths[shown] = { ...paths[shown], [method.toLowerCase()]: operation(method, path) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Baton, operations API of a node', version: '0.1.0', license: { name: 'Apache-2.0' } },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => {
          const content = { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } };
          return [status, { description, content }];
        }),
      ),
      schemas: { Problem: z.toJSONSchema(problemSchema) },
    },
    paths,
  };
}

/** Two-space JSON, as it is committed. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

function operation(method: string, path: string): object {
  const role = roleOfRoute(method, path);
  const body = BODIES[path];
  const parameters = parametersOf(method, path);
  const problems = Object.keys(REFUSALS).map((status) => [status, { $ref: `#/components/responses/${status}` }]);
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll('/:', '/id').replaceAll(/[^A-Za-z]+(.)/g, (_, c: string) => c.toUpperCase())}`,
    'x-role': role,
    security: role === 'nothing' ? [] : [{ token: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(method === 'POST' && body !== undefined
      ? { requestBody: { content: { 'application/json': { schema: z.toJSONSchema(body, { io: 'input' }) } } } }
      : {}),
    responses: { '200': { description: 'done; see docs/contracts.md for its shape' }, ...Object.fromEntries(problems) },
  };
}

function parametersOf(method: string, path: string): object[] {
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 256 } };
  const queries = method === 'GET' ? Object.entries(QUERIES[path] ?? {}) : [];
  return [
    ...(path.includes('/:') ? [id] : []),
    ...queries.map(([name, schema]) => ({ name, in: 'query', schema: z.toJSONSchema(schema, { io: 'input' }) })),
  ];
}
