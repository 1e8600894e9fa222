import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';

export const Severity = words('INFO', 'WARNING', 'ERROR');
export type Severity = keyof typeof Severity;
registerEnumType(Severity, { name: 'Severity', description: 'An ERROR holds back what was asked for.' });

export const CheckRule = words(
  'UNSOURCED',
  'ANONYMOUS_WITHOUT_REASON',
  'QUOTE_NOT_IN_DOCUMENT',
  'RETRACTED_DOCUMENT',
  'BROKEN_LINK',
  'UNPUBLISHED_REFERENCE',
);
export type CheckRule = keyof typeof CheckRule;
registerEnumType(CheckRule, {
  name: 'CheckRule',
  description:
    'UNSOURCED: no citation supports the claim. ANONYMOUS_WITHOUT_REASON: it is not said why a source is not named. QUOTE_NOT_IN_DOCUMENT: a verbatim quotation does not stand in the text that is kept of its document. RETRACTED_DOCUMENT: a document that supports the claim was retracted; an ERROR where nothing else supports it. BROKEN_LINK: a wiki link leads nowhere. UNPUBLISHED_REFERENCE: it refers to what readers cannot see.',
});

@ObjectType({ simpleResolvers: true, description: 'What an editor should look at before publishing.' })
export class Check {
  @Field(() => CheckRule)
  rule: CheckRule;

  @Field(() => Severity)
  severity: Severity;

  @Field()
  message: string;

  @Field(() => String, {
    nullable: true,
    description: 'JSON Pointer to the part that it speaks of; null for all of it.',
  })
  path: string | null;

  /** Id of the other entry that it speaks of. */
  entryId: string | null;

  /** Position of the ledger as of which it was found; null and absent are now. */
  asOf?: bigint | null;
}
