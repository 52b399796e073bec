import { Columns } from '../../../components/layout/Columns.js';
import { Scroll } from '../../../components/layout/Scroll.js';
import { Section } from '../../../components/layout/Section.js';
import { Places } from './Places.js';
import { Receipts } from './Receipts.js';
import { Subject } from './Subject.js';

/** Where everything lies, what is held on somebody, and what was erased. */
export function DataTab() {
  return (
    <Scroll>
      <Columns>
        <Section
          title="A person’s data"
          text="Finds what is held on somebody, writes it into a file, or erases it. What you type here is sent to the engine on this machine and kept nowhere."
        >
          <Subject />
        </Section>
        <Section
          title="Receipts"
          text="What was erased when, and what is out of reach. Values stand in them as keyed hashes."
        >
          <Receipts />
        </Section>
        <Section
          title="Where everything lies"
          text="All that Sluice keeps is in these files, and in the datasets that you wrote elsewhere."
        >
          <Places />
        </Section>
      </Columns>
    </Scroll>
  );
}
