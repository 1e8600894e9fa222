import { ask as send } from '../bench/ask';

/**
 * Asks a server and gives the data.
 *
 * @throws Error where it refuses.
 */
export async function ask<Data>(url: string, token: string, query: string, variables: object): Promise<Data> {
  const answer = await send(url, JSON.stringify({ query, variables }), { authorization: `Bearer ${token}` });
  const { data, errors } = answer as { data?: Data; errors?: readonly { message: string }[] };
  if (!data || errors) throw new Error(`The server refused: ${JSON.stringify(errors)}`);
  return data;
}
