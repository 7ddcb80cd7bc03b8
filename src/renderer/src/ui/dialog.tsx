import { Modal, type ModalProps } from '@mantine/core';
import { useTranslation } from '../text/index.ts';

/** A dialog whose close button has a name. */
export function Dialog(props: ModalProps) {
  const { t } = useTranslation();
  return <Modal closeButtonProps={{ 'aria-label': t('app.verb.close') }} {...props} />;
}
