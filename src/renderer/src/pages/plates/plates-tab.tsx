/** Number plates: what was read, and the lists that say whose they are. */
import { useMay } from '../../stores/session.ts';
import { PlateListsPart } from './plate-lists-part.tsx';
import { SeenPart } from './seen-part.tsx';
import './plates.css';

export function PlatesTab() {
  const operates = useMay('operator');
  return (
    <div className="plates">
      <SeenPart />
      {operates ? <PlateListsPart /> : null}
    </div>
  );
}
