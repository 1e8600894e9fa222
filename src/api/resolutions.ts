import {
  coerceInputValue,
  getNamedType,
  getNullableType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
} from 'graphql';
import { badInput } from '../base/errors';
import type { Resolution } from '../edits/resolve';
import type { EntryKind } from '../model/entry';

/** The input type of a place in an entry's fields: /timeline/{id}/note. Undefined where there is no such place. */
function typeAt(schema: GraphQLSchema, kind: EntryKind, path: string): GraphQLInputType | undefined {
  const [, name = '', item, part, ...rest] = path.split('/');
  const fields = schema.getType(`${kind.charAt(0)}${kind.slice(1).toLowerCase()}Fields`);
  const field = isInputObjectType(fields) ? fields.getFields()[name] : undefined;
  if (!field || rest.length > 0) return undefined;
  if (item === undefined) return field.type;
  const itemType = isListType(getNullableType(field.type)) ? getNamedType(field.type) : undefined;
  if (!isInputObjectType(itemType)) return undefined;
  const type = part === undefined ? itemType : itemType.getFields()[part]?.type;
  return isInputType(type) ? type : undefined;
}

/**
 * The resolutions of an edit, their values read as the same values among the edit's fields would be: JSON alone does not say
 * what is a date, or a word of a vocabulary.
 *
 * @throws WikiError BAD_USER_INPUT naming the value that is none of its place's.
 */
export function readResolve<Given extends { resolve?: readonly Resolution[] | null }>(
  schema: GraphQLSchema,
  kind: EntryKind,
  given: Given,
): Given {
  if (!given.resolve) return given;
  const resolve = given.resolve.map((resolution, index) => {
    const { path, value } = resolution;
    const type = typeAt(schema, kind, path);
    if (!type || value === null || value === undefined) return resolution;
    const coerced: unknown = coerceInputValue(value, getNullableType(type), (at, _, error) => {
      throw badInput(['resolve', index, 'value', ...at].join('.'), error.message);
    });
    return { ...resolution, value: coerced };
  });
  return { ...given, resolve };
}
