import { GraphQLScalarType, Kind } from 'graphql';
import { badInput } from '../base/errors';

/**
 * A string with a meaning. What it must look like is checked by the rules of the field that takes it, so that all the
 * problems of an input are told at once, each with its path.
 */
const meaningfulString = (
  name: string,
  description: string,
  specifiedByURL?: string,
): GraphQLScalarType<string, string> =>
  new GraphQLScalarType<string, string>({
    name,
    description,
    specifiedByURL,
    serialize: String,
    parseValue: (value) => {
      if (typeof value !== 'string') throw badInput(name, 'must be a string');
      return value;
    },
    parseLiteral: (node) => {
      if (node.kind !== Kind.STRING) throw badInput(name, 'must be a string');
      return node.value;
    },
  });

export const EDTF = meaningfulString(
  'EDTF',
  'EDTF (ISO 8601-2) date, level 1 plus the level-2 sets: 2014-12?, 2008~, 2019-01/.., [2008,2014].',
  'https://www.loc.gov/standards/datetime/',
);
export const LanguageTag = meaningfulString(
  'LanguageTag',
  'BCP 47 language tag: en, es-VE, ar-Latn.',
  'https://www.rfc-editor.org/info/bcp47',
);
export const WebAddress = meaningfulString(
  'URL',
  'An http or https URL without credentials.',
  'https://url.spec.whatwg.org/',
);
export const Markdown = meaningfulString(
  'Markdown',
  'CommonMark with wiki links: [[actor:hugo-carvajal|Carvajal]], [[story:…]], [[event:…]], [[claim:ID]].',
  'https://spec.commonmark.org/',
);
export const Cursor = meaningfulString(
  'Cursor',
  'A place in the change feed: opaque, of fixed length. Keep the last one seen to resume there, or to read the newsroom as of then.',
);

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const parseInstant = (value: unknown): Date => {
  const date = typeof value === 'string' && INSTANT.test(value) ? new Date(value) : null;
  if (!date || Number.isNaN(date.getTime()) || !/^\d{4}-/.test(date.toISOString()) || !sameDay(value as string, date))
    throw badInput('DateTime', 'must be an RFC 3339 instant such as 2015-01-28T14:05:00.000Z');
  return date;
};

/** `new Date` turns 30 February into 1 March; this does not. */
const sameDay = (text: string, date: Date): boolean => {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(text);
  const minutes = offset ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 10) === text.slice(0, 10);
};

export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'RFC 3339 instant, UTC, milliseconds: 2015-01-28T14:05:00.000Z.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (value) => (value instanceof Date ? value : new Date(value as string)).toISOString(),
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : null),
});

const toJson = (node: import('graphql').ValueNode): unknown => {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value;
    case Kind.LIST:
      return node.values.map(toJson);
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, toJson(field.value)]));
    default:
      throw badInput('JSON', 'variables cannot stand inside a JSON literal');
  }
};

/** Values of entries as they stand in their contents: strings, numbers, lists, objects. */
export const Json = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value: a field of an entry as it stands in its content.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: toJson,
});
