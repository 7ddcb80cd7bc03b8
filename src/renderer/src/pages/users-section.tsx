import { Button, Menu, Select, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { UserPlus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Role, UserName, type User } from '#domain/user.ts';
import { useSession } from '../stores/session.ts';
import { createUser, readUsers, removeUser, updateUser, useUsers } from '../stores/users.ts';
import { dateTimeOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { Ask } from '../ui/ask.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { PasswordInput } from '../ui/password-input.tsx';
import { refusalText } from '../ui/refusal.ts';
import { RowMenu } from '../ui/row-tool.tsx';
import { TableScroll } from '../ui/table-scroll.tsx';
import { tell, tellRefusal } from '../ui/tell.ts';

function AddUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [fault, setFault] = useState<string | null>(null);
  const form = useForm<{ name: string; password: string; role: Role }>({
    initialValues: { name: '', password: '', role: 'viewer' },
    validate: {
      name: (v) =>
        v.trim() === ''
          ? t('session.check.nameMissing')
          : UserName.safeParse(v).success
            ? null
            : t('session.check.nameForm'),
      password: (v) => (v.length < 10 ? t('session.check.passwordShort', { count: v.length }) : null),
    },
  });
  return (
    <Dialog opened onClose={onClose} title={t('settings.addUser')} centered>
      <form
        className="stack"
        onSubmit={form.onSubmit((v) => {
          createUser({ ...v, name: v.name.trim() }).then(
            () => {
              tell(t('settings.userAdded', { name: v.name.trim() }));
              onClose();
            },
            (error: unknown) => {
              setFault(refusalText(error));
            },
          );
        })}
      >
        <TextInput
          label={t('session.firstRun.name')}
          data-autofocus
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <PasswordInput
          label={t('session.firstRun.password')}
          description={t('session.firstRun.passwordHint')}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <Select
          label={t('settings.role')}
          allowDeselect={false}
          data={Role.options.map((r) => ({
            value: r,
            label: `${t(`app.role.${r}`)}${t('app.sign.colon')}${t(`settings.roleHint.${r}`)}`,
          }))}
          {...form.getInputProps('role')}
        />
        {fault === null ? null : (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <Button type="submit">{t('app.verb.add')}</Button>
      </form>
    </Dialog>
  );
}

function SetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (v) => (v.length < 10 ? t('session.check.passwordShort', { count: v.length }) : null) },
  });
  return (
    <Dialog opened onClose={onClose} title={t('settings.newPasswordFor', { name: user.name })} centered>
      <form
        className="stack"
        onSubmit={form.onSubmit((v) => {
          updateUser({ id: user.id, password: v.password }).then(
            () => {
              tell(t('settings.saved'));
              onClose();
            },
            (error: unknown) => {
              form.setFieldError('password', refusalText(error));
            },
          );
        })}
      >
        <PasswordInput
          label={t('settings.newPassword')}
          data-autofocus
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <Button type="submit">{t('app.verb.save')}</Button>
      </form>
    </Dialog>
  );
}

function RemoveUser({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Ask
      title={t('settings.userRemove', { name: user.name })}
      verb={t('app.verb.remove')}
      danger
      work={async () => {
        await removeUser(user.id);
        tell(t('settings.userRemoved', { name: user.name }));
      }}
      onClose={onClose}
    >
      <p>{t('settings.userRemoveText')}</p>
    </Ask>
  );
}

type Open = { kind: 'add' } | { kind: 'password' | 'remove'; user: User } | null;

function UserRow({ user, onDialog }: { user: User; onDialog: (dialog: Open) => void }) {
  const { t } = useTranslation();
  const me = useSession((s) => s.user?.id === user.id);
  return (
    <tr>
      <td>
        <strong>{user.name}</strong> {me ? <span className="quiet">({t('settings.you')})</span> : null}
      </td>
      <td>
        <Select
          aria-label={`${t('settings.role')}${t('app.sign.colon')}${user.name}`}
          allowDeselect={false}
          w={160}
          disabled={me}
          data={Role.options.map((r) => ({ value: r, label: t(`app.role.${r}`) }))}
          value={user.role}
          onChange={(v) => {
            const role = Role.safeParse(v);
            if (role.success) updateUser({ id: user.id, role: role.data }).catch(tellRefusal);
          }}
        />
      </td>
      <td>
        <Switch
          aria-label={`${t('settings.enabled')}${t('app.sign.colon')}${user.name}`}
          checked={user.enabled}
          disabled={me}
          onChange={(e) => {
            updateUser({ id: user.id, enabled: e.currentTarget.checked }).catch(tellRefusal);
          }}
        />
      </td>
      <td className="quiet tight">{user.lastLoginMs === null ? t('settings.never') : dateTimeOf(user.lastLoginMs)}</td>
      <td className="end">
        <RowMenu of={user.name}>
          <Menu.Item
            onClick={() => {
              onDialog({ kind: 'password', user });
            }}
          >
            {t('settings.setPassword')}
          </Menu.Item>
          <Menu.Item
            color="red"
            disabled={me}
            onClick={() => {
              onDialog({ kind: 'remove', user });
            }}
          >
            {t('app.verb.remove')}
          </Menu.Item>
        </RowMenu>
      </td>
    </tr>
  );
}

export function UsersSection() {
  const { t } = useTranslation();
  const list = useUsers((s) => s.list);
  const [dialog, setDialog] = useState<Open>(null);
  const close = (): void => {
    setDialog(null);
  };
  useEffect(() => {
    readUsers().catch(tellRefusal);
  }, []);
  return (
    <section className="section">
      <h2>{t('settings.users')}</h2>
      <div className="stack">
        <TableScroll label={t('settings.users')}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('session.firstRun.name')}</th>
                <th>{t('settings.role')}</th>
                <th>{t('settings.enabled')}</th>
                <th>{t('settings.lastLogin')}</th>
                <th>
                  <span className="away">{t('cameras.column.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {(list ?? []).map((user) => (
                <UserRow key={user.id} user={user} onDialog={setDialog} />
              ))}
            </tbody>
          </table>
        </TableScroll>
        <div>
          <Button
            variant="default"
            leftSection={<UserPlus size={16} aria-hidden="true" />}
            onClick={() => {
              setDialog({ kind: 'add' });
            }}
          >
            {t('settings.addUser')}
          </Button>
        </div>
      </div>
      {dialog === null ? null : dialog.kind === 'add' ? (
        <AddUser onClose={close} />
      ) : dialog.kind === 'password' ? (
        <SetPassword user={dialog.user} onClose={close} />
      ) : (
        <RemoveUser user={dialog.user} onClose={close} />
      )}
    </section>
  );
}
