import { registerEnumType } from 'type-graphql';
import { words } from '../base/words';

export const EntryOrder = words(
  'UPDATED_DESC',
  'UPDATED_ASC',
  'CREATED_DESC',
  'CREATED_ASC',
  'TITLE_ASC',
  'TITLE_DESC',
);
export type EntryOrder = keyof typeof EntryOrder;
registerEnumType(EntryOrder, { name: 'EntryOrder', description: 'Titles are sorted without marks and case.' });

export const EventOrder = words(
  'UPDATED_DESC',
  'UPDATED_ASC',
  'CREATED_DESC',
  'CREATED_ASC',
  'TITLE_ASC',
  'TITLE_DESC',
  'WHEN_ASC',
  'WHEN_DESC',
);
export type EventOrder = keyof typeof EventOrder;
registerEnumType(EventOrder, { name: 'EventOrder', description: 'WHEN puts events without a date last, both ways.' });
