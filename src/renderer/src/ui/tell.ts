/** Short notes at the edge of the window. */
import { notifications } from '@mantine/notifications';
import { t } from '../text/index.ts';
import { refusalText } from './refusal.ts';

const closable = () => ({ closeButtonProps: { 'aria-label': t('app.verb.close') } });

export const tell = (message: string): void => {
  notifications.show({ ...closable(), message, autoClose: 4000, withBorder: false, color: 'blue' });
};
export const tellRefusal = (error: unknown): void => {
  notifications.show({ ...closable(), message: refusalText(error), autoClose: 10_000, color: 'red', role: 'alert' });
};
