import { z } from 'zod';

/** One setting of the table: an environment variable, what it may hold, and what holds where it is absent. */
export interface Setting<Value = unknown> {
  readonly name: string;
  /** Reads the variable's text; its error messages say what is allowed. */
  readonly schema: z.ZodType<Value, string>;
  /** As it would be written in the environment; undefined where the setting may simply be absent. */
  readonly default: string | undefined;
  readonly description: string;
  /** A secret's value never appears in a message. */
  readonly secret: boolean;
}

const text = (allowed: string, pattern: RegExp) => z.string().regex(pattern, allowed);

const wholeNumber = (minimum: number, maximum: number) => {
  const allowed = `a whole number from ${minimum} to ${maximum}`;
  return text(allowed, /^\d{1,15}$/)
    .transform(Number)
    .refine((number) => number >= minimum && number <= maximum, allowed);
};

const oneOf = <const Words extends readonly [string, ...string[]]>(...list: Words) =>
  z.enum(list, `one of ${list.join(', ')}`) as z.ZodType<Words[number], string>;

const onOff = () => oneOf('on', 'off').transform((word) => word === 'on');

const parsed = <Value>(allowed: string, read: (written: string) => Value | undefined) =>
  z.string().transform((written, context): Value => {
    const value = read(written);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: allowed });
    return z.NEVER;
  });

function readDatabaseUrl(written: string): string | undefined {
  // A URL with a user and a socket directory has no host, which URL refuses and pg accepts.
  return /^postgres(ql)?:\/\//.test(written) && URL.canParse(written.replace('@/', '@localhost/'))
    ? written
    : undefined;
}

function readLanguage(written: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(written)[0];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readOrigins(written: string): readonly string[] | undefined {
  if (written === '') return Object.freeze([]);
  const origins = written.split(',').map((part) => {
    const origin = part.trim().replace(/\/$/, '').toLowerCase();
    return /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin ? origin : undefined;
  });
  return origins.every((origin) => origin !== undefined) ? Object.freeze([...new Set(origins)]) : undefined;
}

/** A setting that always has a value. */
const setting = <Value>(
  name: string,
  schema: z.ZodType<Value, string>,
  defaultText: string,
  description: string,
): Setting<Value> => ({ name, schema, default: defaultText, description, secret: false });

/** A setting that may be absent. */
const optional = <Value>(
  name: string,
  schema: z.ZodType<Value, string>,
  description: string,
): Setting<Value | undefined> => ({ name, schema, default: undefined, description, secret: false });

/** A setting that may be absent, and whose value is nobody's business. */
const optionalSecret = <Value>(
  name: string,
  schema: z.ZodType<Value, string>,
  description: string,
): Setting<Value | undefined> => ({ name, schema, default: undefined, description, secret: true });

const second = 1000;
const day = 86_400 * second;
const SPAN_UNITS: Readonly<Record<string, number>> = { s: second, m: 60 * second, h: 3600 * second, d: day };

/** In milliseconds; undefined where it is no span. */
function readSpan(written: string): number | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(written) ?? [];
  const milliseconds = Number(count) * (SPAN_UNITS[unit] ?? Number.NaN);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

const database = {
  url: optionalSecret(
    'DATABASE_URL',
    parsed('a URL that begins with postgres:// or postgresql://', readDatabaseUrl),
    'PostgreSQL (15 or later) to use instead of the one that comes with the project.',
  ),
  listenUrl: optionalSecret(
    'LISTEN_DATABASE_URL',
    parsed('a URL that begins with postgres:// or postgresql://', readDatabaseUrl),
    'Where to listen for what other processes write, past the pooler that DATABASE_URL leads through.',
  ),
  pooler: setting(
    'DATABASE_POOLER',
    oneOf('none', 'transaction'),
    'none',
    'What DATABASE_URL leads through: none, or a pooler in transaction mode, such as PgBouncer (transaction).',
  ),
  dataDir: setting(
    'DATA_DIR',
    z.string(),
    './data',
    'Where the PostgreSQL that comes with the project keeps its files.',
  ),
  poolSize: setting('POOL_SIZE', wholeNumber(2, 1000), '15', 'Connections to the database, at most.'),
  statementTimeoutMs: setting('STATEMENT_TIMEOUT_MS', wholeNumber(1, day), '5000', 'Longest SQL statement, in ms.'),
  lockTimeoutMs: setting(
    'LOCK_TIMEOUT_MS',
    wholeNumber(1, day),
    '2000',
    'Longest wait for a lock in the database, in ms.',
  ),
};

const server = {
  host: setting('HOST', text('a host name or an address', /^[\w.:%-]+$/), '127.0.0.1', 'Address to listen on.'),
  port: setting('PORT', wholeNumber(0, 65_535), '4000', 'Port to listen on; 0 takes a free one.'),
  corsOrigins: setting<readonly string[]>(
    'CORS_ORIGINS',
    parsed('origins such as https://example.org, separated by commas', readOrigins),
    '',
    'Origins whose pages may send a token, separated by commas. Any origin may read what anybody may read.',
  ),
  shutdownSeconds: setting(
    'SHUTDOWN_SECONDS',
    wholeNumber(0, 3600),
    '10',
    'How long running requests may finish at a stop.',
  ),
  queryCompiler: setting('QUERY_COMPILER', onOff(), 'on', 'Compiles repeated queries: on or off.'),
};

const live = {
  subscriptionsPerSocket: setting(
    'SUBSCRIPTIONS_PER_SOCKET',
    wholeNumber(1, 10_000),
    '20',
    'Subscriptions on one WebSocket, at most; and queries and mutations under way on it.',
  ),
  connectionsPerToken: setting(
    'CONNECTIONS_PER_TOKEN',
    wholeNumber(1, 1_000_000),
    '10',
    'WebSockets and event streams of one token on a process, at most.',
  ),
  subscribers: setting(
    'SUBSCRIBERS',
    wholeNumber(1, 1_000_000),
    '2000',
    'Subscriptions and event streams on a process, at most; and its WebSockets.',
  ),
  checkpointMs: setting(
    'CHECKPOINT_MS',
    wholeNumber(10, day),
    '30000',
    'So long at most without a message to a subscriber of the feed, in ms.',
  ),
  slowMs: setting(
    'SLOW_READER_MS',
    wholeNumber(100, day),
    '30000',
    'A subscriber who reads nothing for so long is disconnected, in ms.',
  ),
};

const newsroom = {
  adminToken: optionalSecret(
    'ADMIN_TOKEN',
    text('at least 20 printable ASCII characters without spaces', /^[\x21-\x7e]{20,}$/),
    "The first administrator's token; where absent, one is generated and shown once.",
  ),
  secretsKey: optionalSecret(
    'SECRETS_KEY',
    text('at least 32 printable ASCII characters without spaces', /^[\x21-\x7e]{32,}$/),
    'Key under which secrets are kept in the database; the same for all processes. Where absent, one is made in DATA_DIR; with DATABASE_URL there are no webhooks without it.',
  ),
  sample: setting('SAMPLE', onOff(), 'on', 'Loads the sample newsroom into an empty database: on or off.'),
  language: setting(
    'DEFAULT_LANGUAGE',
    parsed('a BCP 47 language tag such as en, es or pt-BR', readLanguage),
    'en',
    'Language of an entry that names none.',
  ),
  publicHistory: setting(
    'PUBLIC_HISTORY',
    oneOf('off', 'changes', 'authors'),
    'changes',
    'What readers are told of earlier versions: nothing (off), what changed (changes), by whom and why too (authors).',
  ),
  feedRetentionMs: optional(
    'FEED_RETENTION',
    parsed('a span of time such as 90s, 30m, 12h or 30d', readSpan),
    'How far back the feed is resumed: a cursor with an older change after it is CURSOR_EXPIRED. Where absent, any cursor is good.',
  ),
};

const log = {
  level: setting(
    'LOG_LEVEL',
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'Least severe log line to write: trace, debug, info, warn, error, fatal or silent.',
  ),
};

const mostBytes = 1_073_741_824;
const mostUnits = 50_000_000;
const mostParts = 1_000_000;

const limits = {
  bodyBytes: setting('BODY_LIMIT', wholeNumber(1024, mostBytes), '262144', 'Longest request body, in bytes.'),
  bodyBytesSignedIn: setting(
    'BODY_LIMIT_SIGNED_IN',
    wholeNumber(1024, mostBytes),
    '8388608',
    'Longest request body of a contributor or above, in bytes.',
  ),
  queryLength: setting('QUERY_LENGTH', wholeNumber(100, mostUnits), '20000', 'Longest query, in characters.'),
  queryTokens: setting('QUERY_TOKENS', wholeNumber(10, mostParts), '2000', 'Tokens in a query, at most.'),
  queryDepth: setting('QUERY_DEPTH', wholeNumber(1, 1000), '15', 'Depth of a query, at most.'),
  queryAliases: setting('QUERY_ALIASES', wholeNumber(0, mostParts), '30', 'Aliases in a query, at most.'),
  queryFields: setting('QUERY_FIELDS', wholeNumber(1, mostParts), '500', 'Fields in a query after fragments, at most.'),
  queryRootFields: setting('QUERY_ROOT_FIELDS', wholeNumber(1, mostParts), '20', 'Root fields in a query, at most.'),
  queryMutations: setting('QUERY_MUTATIONS', wholeNumber(1, mostParts), '5', 'Mutations in one request, at most.'),
  queryNodes: setting(
    'QUERY_NODES',
    wholeNumber(1, mostUnits),
    '20000',
    'Entries that the page sizes of a query can add up to, at most.',
  ),
  queryItems: setting(
    'QUERY_ITEMS',
    wholeNumber(1, mostUnits),
    '50000',
    'Entries that one request reaches, lists within lists included, at most.',
  ),
  queryText: setting(
    'QUERY_TEXT',
    wholeNumber(1, mostBytes),
    '2000000',
    'Characters that one request has rendered or compared word by word, at most.',
  ),
  pageDefault: setting('PAGE_DEFAULT', wholeNumber(1, 10_000), '20', 'Items on a page that names no number.'),
  pageMax: setting('PAGE_MAX', wholeNumber(1, 10_000), '100', 'Items on a page, at most.'),
};

const textLimits = {
  headline: setting('HEADLINE_LENGTH', wholeNumber(1, mostUnits), '300', 'Longest headline or title, in UTF-16 units.'),
  summary: setting('SUMMARY_LENGTH', wholeNumber(1, mostUnits), '1000', 'Longest summary, in UTF-16 units.'),
  body: setting('BODY_LENGTH', wholeNumber(1, mostUnits), '200000', 'Longest body or description, in UTF-16 units.'),
  keptText: setting(
    'KEPT_TEXT_LENGTH',
    wholeNumber(1, mostUnits),
    '1000000',
    'Longest kept text of a document, in UTF-16 units.',
  ),
  comment: setting('COMMENT_LENGTH', wholeNumber(1, mostUnits), '10000', 'Longest comment, in UTF-16 units.'),
  listItems: setting('LIST_ITEMS', wholeNumber(1, mostParts), '500', 'Items in a list of an entry, at most.'),
};

const webhooks = {
  perUser: setting('WEBHOOKS_PER_USER', wholeNumber(0, mostParts), '20', 'Webhooks of one user, at most.'),
  allowsLoopback: setting(
    'WEBHOOKS_ALLOW_LOOPBACK',
    onOff(),
    'off',
    'Lets webhooks call this machine itself, with http too, for development and tests: on or off.',
  ),
};

const TABLE = { database, server, live, newsroom, log, limits, text: textLimits, webhooks };

type Table = typeof TABLE;
type Group = keyof Table;
type ValueOf<S> = S extends Setting<infer Value> ? Value : never;
type Values<Settings> = {
  readonly [Key in keyof Settings as undefined extends ValueOf<Settings[Key]> ? never : Key]: ValueOf<Settings[Key]>;
} & {
  readonly [Key in keyof Settings as undefined extends ValueOf<Settings[Key]> ? Key : never]?: ValueOf<Settings[Key]>;
};

/** Everything that can be set, read once at the start and passed on; frozen. */
export type Config = { readonly [Key in Group]: Values<Table[Key]> };

/** Every setting, in the order of the groups of {@link Config}: for whoever documents or checks them. */
export const SETTINGS: readonly (Setting & { readonly group: Group })[] = (Object.keys(TABLE) as Group[]).flatMap(
  (group) => Object.values<Setting>(TABLE[group]).map((one) => ({ ...one, group })),
);

/** All mistakes in the settings at once; the message holds one line for each and no secret. */
export class ConfigError extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(['The settings cannot be used:', ...mistakes.map((mistake) => `  ${mistake}`)].join('\n'));
    this.name = 'ConfigError';
  }
}

const shown = (written: string): string => JSON.stringify(written.length > 80 ? `${written.slice(0, 80)}…` : written);

function readSetting(one: Setting, env: Environment, mistakes: string[]): unknown {
  const written = env[one.name] || one.default;
  if (written === undefined) return undefined;
  const result = one.schema.safeParse(written);
  if (result.success) return result.data;
  const value = one.secret ? 'is set to what it cannot be (not shown)' : `is ${shown(written)}`;
  mistakes.push(`${one.name} ${value}; allowed: ${result.error.issues[0]?.message}.`);
  return undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What two settings demand of each other; a setting that is wrong by itself is not blamed a second time. */
function compareSettings({ limits: read }: Config, mistakes: string[]): void {
  if (read.pageDefault > read.pageMax) {
    mistakes.push(`PAGE_DEFAULT is "${read.pageDefault}"; allowed: at most PAGE_MAX, which is ${read.pageMax}.`);
  }
  if (read.bodyBytes > read.bodyBytesSignedIn) {
    const most = `at most BODY_LIMIT_SIGNED_IN, which is ${read.bodyBytesSignedIn}`;
    mistakes.push(`BODY_LIMIT is "${read.bodyBytes}"; allowed: ${most}.`);
  }
}

/**
 * Reads the settings from an environment; an empty variable counts as absent, unknown ones are left alone.
 *
 * @throws ConfigError with all mistakes at once
 */
export function readConfig(env: Environment): Config {
  const mistakes: string[] = [];
  const readGroup = (settings: Readonly<Record<string, Setting>>) =>
    Object.freeze(
      Object.fromEntries(Object.entries(settings).map(([key, one]) => [key, readSetting(one, env, mistakes)])),
    );
  const groups = Object.entries(TABLE).map(([group, settings]) => [group, readGroup(settings)]);
  // The table's types say what each schema yields, which Object.fromEntries cannot follow.
  const config = Object.freeze(Object.fromEntries(groups)) as Config;
  compareSettings(config, mistakes);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}
