import type { Content, EntryKind } from '../model/entry';
import type { DateContent } from '../model/fuzzy-date';
import type { FieldRule, Reading } from './fields';

/** How items of a list are taken over. */
export interface JoinRule {
  /** Fields by which an item is the same as one that is there already; without it by all of them. */
  readonly sameBy?: readonly string[];
  /** What an item becomes when it is taken over. */
  adopt?(item: never): object;
}

/** All that makes a kind: what the generic machinery (reading, links, diff, merge, publishing) asks it. */
export interface KindRules<C extends Content = Content> {
  readonly kind: EntryKind;
  /** How contents of today are written; counts up with every change of their shape. */
  readonly format: number;
  /** Steps from one format to the next, oldest first: step n turns format n into n + 1. Applied on read, never written back. */
  readonly steps: readonly ((content: Record<string, unknown>) => Record<string, unknown>)[];
  /** In the order in which they are stored. */
  readonly fields: { readonly [Field in keyof C]: FieldRule };
  /** Whether its entries have addresses of their own. */
  readonly hasSlug: boolean;
  /**
   * What an entry takes over from one that is merged into it: members of sets, items of lists. All else stays the survivor's own,
   * for of two headlines or texts only a person can make one.
   */
  readonly joins?: { readonly [Field in keyof C]?: JoinRule };
  title(content: C): string;
  /** The date that it is listed by, where it has one. */
  when?(content: C): DateContent | null;
  /** What it is filtered by, besides its links, title, state and dates. */
  facets(content: C): Record<string, unknown>;
  /** Settles what one field means for another: defaults that depend, the one preferred name. */
  complete?(content: C): C;
  /** Rules across fields, looked at in every content that is about to be saved. */
  check?(content: C, reading: Reading): void;
}

/** Declares a kind; widened for the machinery, which reads contents by their rules alone. */
export const defineKind = <C extends Content>(rules: KindRules<C>): KindRules => rules as KindRules;
