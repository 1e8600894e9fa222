import type { FastifyRequest } from 'fastify';
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
