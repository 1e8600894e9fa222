import pg from 'pg';

const OLDEST = 15;

/** A database that cannot be used, in one line for whoever starts the program. */
export class UnusableDatabaseError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnusableDatabaseError';
  }
}

/** The address without the password, for messages. */
const withoutPassword = (url: string): string => url.replace(/(:\/\/[^:@/]*):.*@/, '$1@').replace(/\?.*$/, '');

/**
 * Looks whether a PostgreSQL answers there, new enough.
 *
 * @throws UnusableDatabaseError
 */
export async function checkServer(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined); // told by the query below
  let version: number;
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version_num') as version`);
    version = Math.floor(Number(rows[0]?.version) / 10_000);
  } catch (error) {
    const reason = (error as Error).message || String((error as { code?: string }).code);
    throw new UnusableDatabaseError(`The database at ${withoutPassword(url)} cannot be used: ${reason}`, {
      cause: error,
    });
  } finally {
    await client.end();
  }
  if (version < OLDEST)
    throw new UnusableDatabaseError(
      `The database at ${withoutPassword(url)} is PostgreSQL ${version}; ${OLDEST} or later is needed.`,
    );
}
