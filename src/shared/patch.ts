import * as z from 'zod';

/**
 * The schema of some of an object's fields: what is absent stays absent. `partial()` alone fills in the defaults of
 * absent fields, which as a change would take back what was set before.
 */
export function patchSchema<T extends z.ZodRawShape>(object: z.ZodObject<T>) {
  const shape = Object.entries(object.shape).map(([name, field]) => [
    name,
    (field instanceof z.ZodDefault || field instanceof z.ZodPrefault ? field.unwrap() : field) as z.ZodType,
  ]);
  return z.strictObject(Object.fromEntries(shape)).partial() as unknown as z.ZodType<
    Partial<z.output<z.ZodObject<T>>>,
    Partial<z.input<z.ZodObject<T>>>
  >;
}
