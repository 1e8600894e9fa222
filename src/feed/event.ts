import { z } from 'zod';
import { ChangeKind, type ChangeRecord } from '../model/change';
import { EntryKind } from '../model/entry';

const oneOf = <Words extends Record<string, string>>(list: Words, description: string) =>
  z.enum(list).describe(description);

const id = (description: string) => z.string().meta({ format: 'uuid', description });

const EVENT = z.object({
  type: z
    .string()
    .regex(/^entry\.[a-z]+$/)
    .describe('`entry.` and the kind in small letters: entry.published.'),
  timestamp: z.string().meta({ format: 'date-time', description: 'When it happened.' }),
  data: z
    .object({
      cursor: z
        .string()
        .regex(/^[A-Za-z0-9_-]{22}$/)
        .describe('The place right after it in the feed: read or follow on from here.'),
      kind: oneOf(ChangeKind, 'What happened, as `Change.kind` in the API.'),
      entryId: id('Of the entry; ask the API for it as it is now.'),
      entryKind: oneOf(EntryKind, 'Of the entry.'),
      revision: z
        .int32()
        .min(1)
        .nullable()
        .describe('Number of the revision that it is about; null where nothing of the entry is to be seen any more.'),
      into: id('With MERGED: the entry that answers for it now.').optional(),
      note: z.string().optional().describe('With WITHDRAWN and CORRECTED: what readers are told.'),
    })
    .describe('Thin on purpose: what the receiver may see of the entry it asks the API for. More may be added.'),
});

/** A change as `/events` and webhooks carry it (rules 5.4). */
export type ChangeEvent = z.infer<typeof EVENT>;

/** Makes the event of a change. `cursor` is the sealed place of the change; `note` what readers are told with it. */
export function toEvent(record: ChangeRecord, cursor: string, note: string | null = null): ChangeEvent {
  return {
    type: `entry.${record.kind.toLowerCase()}`,
    timestamp: record.at.toISOString(),
    data: {
      cursor,
      kind: record.kind,
      entryId: record.entry,
      entryKind: record.entryKind,
      revision: record.revision,
      ...(record.into === null ? {} : { into: record.into }),
      ...(note === null ? {} : { note }),
    },
  };
}

/** The JSON Schema of {@link ChangeEvent}, for whoever receives them: `schema/change-event.json`. */
export const describeEvent = (): object => ({
  title: 'Something that happened to an entry of the newsroom',
  ...z.toJSONSchema(EVENT, { io: 'input' }),
});
