// Files and folders that the user who runs the command may not read or write: said plainly, with whose they are and what to do; nothing is left half made.
// Root may do everything, so the command runs as nobody here; where the tests themselves do not run as root there is no other user to be, and they are passed over.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, engine, png, root } from './lib.mjs';

const execute = promisify(execFile);
const NOBODY = 65534;
const setpriv = await execute('setpriv', ['--version']).then(() => true, () => false);
const skip = engine !== 'sqlite' ? 'the files are the same on both engines' : process.getuid() !== 0 ? 'only root can run the command as another user' : !setpriv ? 'there is no setpriv here' : false;

describe('run as another user', { skip }, () => {
  let dir, own, env;
  const at = (...names) => path.join(dir, ...names);

  async function run(words, user) {
    const as = user === undefined ? [] : [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', at('bin', 'sanzhi')];
    try {
      const { stdout, stderr } = await execute(user === undefined ? at('bin', 'sanzhi') : 'setpriv', [...as, ...words], { env, timeout: 60_000 });
      return { stdout, stderr, code: 0 };
    } catch (error) {
      if (typeof error.code !== 'number') throw error;
      return { stdout: error.stdout, stderr: error.stderr, code: error.code };
    }
  }
  const nobody = (...words) => run(words, NOBODY);

  // Status 1, in Chinese, with the place, whose it is and what to do; and no English of the system.
  async function refused(words, place, ...said) {
    const got = await nobody(...words);
    assert.equal(got.code, 1, `${words.join(' ')}: ${got.stdout}${got.stderr}`);
    assert.ok(got.stderr.includes(place), `${place} is not named: ${got.stderr}`);
    for (const one of said.length > 0 ? said : [/属于用户 root，现在以 \S+ 运行/, /sudo -u root|chown、chmod/]) assert.match(got.stderr, one);
    assert.doesNotMatch(got.stderr, /[Pp]ermission|denied|errno|[Nn]o such/, 'the system’s English');
    return got;
  }

  before(async () => {
    // the source and build folders may lie where nobody may not go
    dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-nobody-'));
    await chmod(dir, 0o755);
    await mkdir(at('bin'));
    await cp(binary, at('bin', 'sanzhi'));
    for (const [from, to] of [['rulebook', 'rulebook'], ['web/templates', 'templates']]) await cp(path.join(root, from), at(to), { recursive: true });
    await mkdir(at('assets'));
    await mkdir(at('data'));
    await cp(path.join(root, 'data/demo'), at('data/demo'), { recursive: true });
    await execute('chmod', ['-R', 'a+rX', dir]);
    env = { PATH: process.env.PATH, SANZHI_RULEBOOK: at('rulebook'), SANZHI_TEMPLATES: at('templates'), SANZHI_ASSETS: at('assets') };
    await mkdir(at('mine'));
    await chown(at('mine'), NOBODY, NOBODY);
    await mkdir(at('closed'), { mode: 0o755 }); // root's: to read, not to write
    own = at('mine', 'site');
    const made = await nobody('init', '--site', own);
    assert.equal(made.code, 0, made.stderr);
  });
  after(() => dir && rm(dir, { recursive: true, force: true }));

  test('a site of somebody else, closed, half open and wholly open', async () => {
    const site = at('theirs');
    assert.equal((await run(['init', '--site', site])).code, 0);
    const file = path.join(site, 'sanzhi.db'), bytes = await readFile(file);
    const everything = async (place) => {
      for (const words of [['user', 'list'], ['user', 'add', 'some.one', '--name', '甲', '--roles', 'handler'], ['serve', '--listen', '127.0.0.1:0'], ['backup', '--to', at('mine', 'b.tar')], ['rebuild'],
        ['export', '--what', 'users'], ['log', 'verify']]) {
        await refused([...words, '--site', site], place, /没有权限|chmod 600/, /用户 root|chmod 600/);
      }
    };
    await everything(path.join(site, 'site.json'));
    await chmod(site, 0o755);
    await everything(path.join(site, 'site.json'));
    await chmod(path.join(site, 'site.json'), 0o644);
    await refused(['user', 'list', '--site', site], site);
    await chown(site, NOBODY, NOBODY);
    await refused(['user', 'list', '--site', site], path.join(site, 'keys'));
    await chown(path.join(site, 'keys'), NOBODY, NOBODY);
    await refused(['user', 'list', '--site', site], path.join(site, 'blobs'));
    await execute('chown', ['-R', String(NOBODY), path.join(site, 'blobs')]);
    await refused(['user', 'list', '--site', site], file);
    await chown(file, NOBODY, NOBODY);
    await refused(['user', 'list', '--site', site], path.join(site, 'keys', 'log-'), /不能读取/, /属于用户 root/);
    assert.deepEqual(await readFile(file), bytes, 'something was written');
    assert.deepEqual((await readdir(at('mine'))).sort(), ['site']);
  });

  test('an own site that is closed to its owner, or whose keys lie open to others', async () => {
    await chmod(own, 0o500);
    await refused(['user', 'list', '--site', own], own, /权限是 500/, /chmod u\+rwx/);
    await chmod(own, 0o700);
    const key = path.join(own, 'keys', (await readdir(path.join(own, 'keys'))).find((name) => name.endsWith('.pem')));
    await chmod(key, 0o644);
    await refused(['user', 'list', '--site', own], key, /他人可读写/, /chmod 600/);
    await chmod(key, 0o600);
    await chown(key, 0, 0);
    await refused(['serve', '--listen', '127.0.0.1:0', '--site', own], key);
    await chown(key, NOBODY, NOBODY);
    assert.equal((await nobody('user', 'list', '--site', own)).code, 0);
  });

  test('what is to be read: a table, a photograph, a backup, a calendar, a scenario, a rulebook', async () => {
    const secret = at('secret.csv'), entries = JSON.parse((await nobody('log', 'verify', '--site', own, '--json')).stdout).entries;
    await writeFile(secret, 'login,name,roles\nsome.one,甲,handler\n', { mode: 0o600 });
    await refused(['import', secret, '--what', 'users', '--site', own], secret);
    await writeFile(at('photo.png'), 'x', { mode: 0o600 });
    await writeFile(at('officers.csv'), 'id,name,photo\nsome-one,甲,photo.png\n');
    await refused(['import', at('officers.csv'), '--what', 'officers', '--site', own], '第 2 行，photo：photo.png');
    assert.equal(JSON.parse((await nobody('log', 'verify', '--site', own, '--json')).stdout).entries, entries);
    await refused(['restore', '--from', secret, '--site', at('mine', 'restored')], secret);
    assert.deepEqual(await readdir(at('mine', 'restored')), []);
    await writeFile(at('2028.tsv'), '', { mode: 0o600 });
    await refused(['calendar', 'check', at('2028.tsv')], '2028.tsv', /没有权限/);
    await refused(['play', secret], secret, /没有权限/);
    await chmod(at('rulebook', 'bn-sh'), 0o700);
    await refused(['rules', 'check'], 'bn-sh');
    await chmod(at('rulebook', 'bn-sh'), 0o755);
    await chmod(at('rulebook'), 0o700);
    await refused(['rules', 'check'], at('rulebook'));
    await chmod(at('rulebook'), 0o755);
    await chmod(at('templates'), 0o700);
    await refused(['serve', '--site', own, '--listen', '127.0.0.1:0'], at('templates'));
    await chmod(at('templates'), 0o755);
  });

  test('what is to be written: a backup, a site, photographs, a calendar', async () => {
    const closed = at('closed');
    await refused(['backup', '--to', path.join(closed, 'b.tar'), '--site', own], closed);
    await refused(['init', '--site', closed], closed);
    await refused(['init', '--site', path.join(closed, 'new')], closed);
    await refused(['demo', '--site', path.join(closed, 'new'), '--cases', '1'], closed);
    const backup = at('mine', 'b.tar');
    assert.equal((await nobody('backup', '--to', backup, '--site', own)).code, 0);
    await refused(['restore', '--from', backup, '--site', path.join(closed, 'new')], closed);
    await refused(['calendar', 'load', at('rulebook', 'calendar', '2026.tsv'), '--replace'], at('rulebook', 'calendar'));
    await refused(['init', '--site', at('mine', 'none', 'site')], at('mine', 'none'), /先建立文件夹/);
    assert.deepEqual(await readdir(closed), []);
    const demo = at('mine', 'demo');
    assert.equal((await nobody('demo', '--site', demo, '--cases', '1')).code, 0);
    const got = await refused(['export', '--what', 'officers', '--files', path.join(closed, 'photos'), '--site', demo], closed);
    assert.equal(got.stdout, '', 'half a table');
    assert.deepEqual(await readdir(closed), []);
  });

  test('a command run by root does not shut the owner out', async () => {
    const site = at('mine', 'demo'), photos = at('mine', 'photos');
    await writeFile(at('one.png'), Buffer.concat([png, Buffer.from('one')]));
    const [head, first] = (await nobody('export', '--what', 'officers', '--json', '--site', site)).stdout.split('\n').map((line) => line && JSON.parse(line));
    await writeFile(at('one.json'), JSON.stringify({ ...head, id: 'by-root', number: '云53009999998', photo: 'one.png' }));
    const taken = await run(['import', at('one.json'), '--what', 'officers', '--site', site]);
    assert.equal(taken.code, 0, taken.stderr);
    assert.ok(first.id !== 'by-root');
    for (const [words, folder] of [[['export', '--what', 'officers', '--files', photos], photos], [['log', 'verify']], [['user', 'add', 'after.root', '--name', '甲', '--roles', 'handler']], [['backup', '--to', at('mine', 'after.tar')]]]) {
      const got = await nobody(...words, '--site', site);
      assert.equal(got.code, 0, `${words.join(' ')}: ${got.stdout}${got.stderr}`);
      if (folder) assert.deepEqual(await readFile(path.join(folder, 'by-root-photo.png')), await readFile(at('one.png')));
    }
    const strangers = (await execute('find', [site, '!', '-user', String(NOBODY)])).stdout;
    assert.equal(strangers, '', 'root’s own among the site’s files');
  });

  test('a port that only the system may use', async (t) => {
    const first = Number(await readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').catch(() => '1024'));
    if (first <= 80) return t.skip('every user may use every port here');
    await refused(['serve', '--site', own, '--listen', '127.0.0.1:80'], '127.0.0.1 的 80 端口', /没有权限/, /8080.*nginx/);
    assert.equal((await nobody('user', 'list', '--site', own)).code, 0, 'the site is left as it was');
  });
});
