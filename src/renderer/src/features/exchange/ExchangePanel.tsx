import { SidePanel } from '../../components/SidePanel.js';
import { MissedValue } from '../missed/index.js';
import { ExchangeDetail } from './ExchangeDetail.js';

interface Props {
  exchangeId: string;
  onClose: () => void;
}

/** An exchange beside the list it was opened from. */
export function ExchangePanel({ exchangeId, onClose }: Props) {
  return (
    <SidePanel title="Exchange" label="Exchange" onClose={onClose}>
      <ExchangeDetail exchangeId={exchangeId} />
      <MissedValue />
    </SidePanel>
  );
}
