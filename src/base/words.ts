/**
 * A closed vocabulary, as both a value (for a GraphQL enum, for checks at the border) and a type.
 * Plain strings on purpose: they are what the database, JSON and GraphQL hold.
 */
export const words = <const W extends readonly string[]>(...list: W): { readonly [K in W[number]]: K } =>
  Object.freeze(Object.fromEntries(list.map((word) => [word, word]))) as { readonly [K in W[number]]: K };
