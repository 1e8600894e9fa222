import type { Content, EntryKind } from '../model/entry';
import type { DateContent } from '../model/fuzzy-date';
import type { FieldRule, Reading } from './fields';

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
