import type { FastifyRequest } from 'fastify';
import { RequestError } from './bodies';
import type { Asked } from './live';

/** What is asked for, read as Apollo reads it: another reading of an address would let through what was never looked at. */
export function readAsked(request: FastifyRequest): Asked {
  if (request.method !== 'GET') return (request.body as object | null) ?? {};
  const { searchParams } = new URL(request.url, 'http://localhost');
  const [query, variables] = [searchParams.get('query'), searchParams.get('variables')];
  const operationName = searchParams.get('operationName');
  try {
    return { query, operationName, variables: JSON.parse(variables ?? '{}') };
  } catch {
    return { query, operationName }; // Apollo refuses the variables with words of its own
  }
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const refuse = (message: string): never => {
  throw new RequestError(400, 'BAD_REQUEST', message);
};

/**
 * What is asked over Server-Sent Events, where Apollo has no look at its shape: the protocol of graphql-sse answers what is not
 * well put by status.
 *
 * @throws RequestError
 */
export function readStreamed(request: FastifyRequest): Asked {
  const { accept = '*/*' } = request.headers;
  if (!/(^|[,\s])(text\/event-stream|text\/\*|\*\/\*)($|[,;\s])/i.test(accept))
    throw new RequestError(406, 'BAD_REQUEST', 'The answer is text/event-stream, which the Accept header must allow.');
  const isPost = request.method !== 'GET';
  if (isPost && !isObject(request.body)) return refuse('The body must be a JSON object with a query.');
  const asked = readAsked(request);
  const { query, variables, operationName } = asked;
  if (typeof query !== 'string') return refuse(`query: ${query == null ? 'is missing.' : 'must be a string.'}`);
  // What is no JSON in an address comes as none.
  const isBroken = !isPost && variables === undefined;
  if (isBroken || (variables != null && !isObject(variables))) return refuse('variables: must be a JSON object.');
  if (operationName != null && typeof operationName !== 'string') return refuse('operationName: must be a string.');
  return asked;
}
