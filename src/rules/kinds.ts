import type { EntryKind } from '../model/entry';
import { actorRules } from './actor.rules';
import { citationRules } from './citation.rules';
import { claimRules } from './claim.rules';
import { documentRules } from './document.rules';
import { eventRules } from './event.rules';
import type { KindRules } from './kind';
import { storyRules } from './story.rules';

/** The one place where kinds are registered. */
export const KINDS: Readonly<Record<EntryKind, KindRules>> = {
  STORY: storyRules,
  ACTOR: actorRules,
  EVENT: eventRules,
  CLAIM: claimRules,
  DOCUMENT: documentRules,
  CITATION: citationRules,
};
