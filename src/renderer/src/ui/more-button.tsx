/** Shows what is older, or comes after, in a long list. */
import { Button } from '@mantine/core';
import { useTranslation } from '../text/index.ts';

export function MoreButton({ loading = false, onClick }: { loading?: boolean; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button variant="default" loading={loading} onClick={onClick}>
      {t('app.verb.more')}
    </Button>
  );
}
