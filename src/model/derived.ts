import { Field, type FieldOptions } from 'type-graphql';

/**
 * A field read from the object itself by a getter on the prototype.
 * `@Field` on a getter would make TypeGraphQL wrap it in an asynchronous resolver (measured: four times the time of a
 * list); declared as a property and read by a plain getter it stays a property read.
 */
export const Derived =
  <Self>(type: () => unknown, read: (self: Self) => unknown, options: FieldOptions = {}) =>
  (prototype: object, key: string): void => {
    Field(type as () => typeof String, options)(prototype, key);
    Object.defineProperty(prototype, key, {
      get(this: Self) {
        return read(this);
      },
    });
  };

/** A field that stands in the entry's content under its own name. */
export const FromContent = (type: () => unknown, options: FieldOptions = {}) => {
  return (prototype: object, key: string): void =>
    Derived<{ content: Record<string, unknown> }>(type, (self) => self.content[key], options)(prototype, key);
};
