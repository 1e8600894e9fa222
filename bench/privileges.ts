import type { ClientBase } from 'pg';

const INSUFFICIENT_PRIVILEGE = '42501';

/** Runs a statement that only some roles may run, and that the bench can do without; every other failure is thrown. */
export async function runIfAllowed(client: ClientBase, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error;
  }
}
