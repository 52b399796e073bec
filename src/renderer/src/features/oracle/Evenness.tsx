import { Fact } from '../../components/Facts.js';

/** How evenly a run is spread over domains, intents, tools and numbers of rows: entropies, 1 where all are equally many. */
export function Evenness({ of }: { of: { readonly [name: string]: number } }) {
  return (
    <Fact name="Evenness">
      {Object.entries(of)
        .map(([name, value]) => `${name} ${value.toFixed(2)}`)
        .join(', ')}{' '}
      of 1
    </Fact>
  );
}
