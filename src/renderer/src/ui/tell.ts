/** Short notes at the edge of the window. */
import { notifications } from '@mantine/notifications';
import { refusalText } from './refusal.ts';

export const tell = (message: string): void => {
  notifications.show({ message, autoClose: 4000, withBorder: false, color: 'blue' });
};
export const tellRefusal = (error: unknown): void => {
  notifications.show({ message: refusalText(error), autoClose: 10_000, color: 'red', role: 'alert' });
};
