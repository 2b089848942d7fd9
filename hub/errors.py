"""Every way in which the hub refuses or fails, one class each; rendered only at the edge.

HubError
├── SettingsError      the process does not start        SETTINGS_INVALID, ADDRESS_TAKEN
├── StorageError       no database fit to be used        STORAGE_*, MIGRATION_*
├── TransportError     not a request we read             BAD_REQUEST, LIMIT_BODY, MEDIA_TYPE, …
├── IdentityError      who asks is not established       UNAUTHENTICATED, TOKEN_*, UNIT_*, ROLE_*
├── OperationError     the document or its variables     DOCUMENT_INVALID, VARIABLE_INVALID, LIMIT_*
├── GrantError         no policy to decide by            POLICY_*
├── PlanError          asked for what is not granted     NOT_GRANTED, CURSOR_INVALID, ARGUMENT_INVALID
├── WriteError         what was to be written            INPUT_INVALID, ROW_UNKNOWN, VERSION_CONFLICT, …
├── KnowledgeError     what a duty does not allow        CLOCK_FIXED, NOT_OWED_BY_YOU, MET_BY_ACT, …
├── StreamError        a subscription cannot go on      SUBSCRIPTION_*, RIGHTS_CHANGED, SLOW_READER, …
├── ExecuteError       the database did not answer       UNAVAILABLE, TIMEOUT
├── RecordError        the access record                 CANNOT_RECORD, RECORD_BROKEN
├── RosterError        the spreadsheet to be imported    ROSTER_*
└── InternalError      a fault of ours                   INTERNAL

A class's docstring is its message in English, ``zh`` the one in Chinese; both may name data in braces.
Data handed to an error is shown to the caller, so it holds no value of personal data; causes go by ``from``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar


class _Shown(dict[str, object]):
    """Data for a message; what was not given shows as an ellipsis instead of failing the failure."""

    def __missing__(self, key: str) -> str:
        return "…"


class HubError(Exception):
    """The hub failed."""

    code: ClassVar[str] = ""
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    zh: ClassVar[str] = "系统出错。"
    next_zh: ClassVar[str] = ""
    next_en: ClassVar[str] = ""

    def __init__(self, **data: object) -> None:
        self.data = data
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The message in English."""
        return _filled(type(self).__doc__ or "", self.data)

    @property
    def message_zh(self) -> str:
        """The message in Chinese."""
        return _filled(self.zh, self.data)

    @property
    def next_step(self) -> tuple[str, str]:
        """What to do about it, in Chinese and in English; empty where there is nothing to do."""
        return _filled(self.next_zh, self.data), _filled(self.next_en, self.data)

    @property
    def extensions(self) -> dict[str, object]:
        """What a GraphQL error carries beside its message."""
        zh, en = self.next_step
        return {
            "code": self.code,
            "retryable": self.retryable,
            "zh": self.message_zh,
            "nextStep": {"zh": zh, "en": en},
        }


def _filled(template: str, data: dict[str, object]) -> str:
    return template.format_map(_Shown(data)) if "{" in template else template


class SettingsError(HubError):
    """The settings do not hold: {faults}"""

    code = "SETTINGS_INVALID"
    zh = "配置有误：{faults}"
    next_zh = "按提示改正后重新启动；全部配置项见 README。"
    next_en = "Correct them and start again; README lists every setting."


class AddressTaken(SettingsError):
    """The address {host}:{port} cannot be listened on: {reason}"""

    code = "ADDRESS_TAKEN"
    zh = "无法监听 {host}:{port}：{reason}"
    next_zh = "用 HUB_PORT 换一个端口，或停止占用它的程序。"
    next_en = "Choose another port with HUB_PORT, or stop the program that holds it."


class StorageError(HubError):
    """The database cannot be used: {reason}"""

    code = "STORAGE_FAILED"
    status = 503
    zh = "数据库无法使用：{reason}"
    next_zh = "查看数据目录中的 server.log，或用 HUB_DATABASE_URL 指定数据库。"
    next_en = "See server.log in the data folder, or name a database in HUB_DATABASE_URL."


class NoServerBinaries(StorageError):
    """No PostgreSQL 15 or newer was found on this machine. Looked at: {looked}"""

    code = "STORAGE_NO_BINARIES"
    zh = "本机没有 PostgreSQL 15 或更高版本。已查找：{looked}"
    next_zh = "安装系统的 postgresql 软件包（apt、apk 或 yum），或设置 HUB_PG_BIN、HUB_DATABASE_URL。"
    next_en = "Install your system's postgresql package (apt, apk, yum), or set HUB_PG_BIN or HUB_DATABASE_URL."


class ServerVersionMismatch(StorageError):
    """The data in {data} was written by PostgreSQL {wanted}; here are only versions {found}."""

    code = "STORAGE_VERSION_MISMATCH"
    zh = "{data} 中的数据由 PostgreSQL {wanted} 写成，本机只有版本 {found}。"
    next_zh = "用 HUB_PG_BIN 指向版本 {wanted}，用 pg_dump 导出后再由新版本导入。"
    next_en = "Point HUB_PG_BIN to version {wanted}, dump with pg_dump, and restore into the new version."


class ServerNotStarted(StorageError):
    """The embedded database server did not start within {seconds} s; the end of its log: {log}"""

    code = "STORAGE_NOT_STARTED"
    retryable = True
    zh = "内置数据库在 {seconds} 秒内没有启动，日志末尾：{log}"


class StandbyNotMade(StorageError):
    """The standby could not be made: {reason}"""

    code = "STORAGE_STANDBY"
    zh = "备库未能建立：{reason}"
    next_zh = "查看磁盘空间与主库的 server.log，再试一次。"
    next_en = "See the disk's free space and the primary's server.log, and try again."


class DataFolderUnusable(StorageError):
    """The data folder {path} cannot be used: {reason}"""

    code = "STORAGE_FOLDER"
    zh = "数据目录 {path} 无法使用：{reason}"
    next_zh = "用 HUB_DATA 指定当前用户可写的目录。"
    next_en = "Name a folder in HUB_DATA that this user may write."


class DatabaseUnfit(StorageError):
    """The database does not meet what the hub relies on: {reason}"""

    code = "STORAGE_UNFIT"
    zh = "该数据库不符合要求：{reason}"
    next_zh = "用 UTF8 编码、C 排序规则、PostgreSQL 15 以上重建数据库。"
    next_en = "Create it on PostgreSQL 15 or newer with ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0."


class DatabaseRoleMissing(StorageError):
    """The database role {role} can neither be created nor be logged in to: {reason}"""

    code = "STORAGE_ROLE"
    zh = "数据库角色 {role} 无法创建或登录：{reason}"
    next_zh = "由管理员建好只读、写入两个角色，用 HUB_DATABASE_READ_URL、HUB_DATABASE_WRITE_URL 给出。"
    next_en = "Have the two roles made, and give them in HUB_DATABASE_READ_URL and HUB_DATABASE_WRITE_URL."


class BackupFailed(StorageError):
    """The backup or its restore did not go through: {reason}"""

    code = "BACKUP_FAILED"
    zh = "备份或恢复未能完成：{reason}"
    next_zh = "查看目录权限与剩余空间，换一个不存在的目录再试。"
    next_en = "See the folder's rights and the free space, and try again with a folder that does not exist yet."


class BackupDamaged(StorageError):
    """The backup is not as it was written: {reason}"""

    code = "BACKUP_DAMAGED"
    zh = "备份与写入时不一致：{reason}"
    next_zh = "改用另一份备份；用 hub restore --check 事先核对。"
    next_en = "Take another backup; check it beforehand with hub restore --check."


class RestoreNotEmpty(StorageError):
    """The database already holds tables; a backup is restored into an empty one only."""

    code = "RESTORE_NOT_EMPTY"
    zh = "数据库中已有数据表；备份只恢复到空数据库。"
    next_zh = "用 HUB_DATA 或 HUB_DATABASE_URL 指定空的数据库。"
    next_en = "Name an empty one by HUB_DATA or HUB_DATABASE_URL."


class MigrationNeeded(StorageError):
    """The database is at version {found}, this hub needs {needed}."""

    code = "MIGRATION_NEEDED"
    zh = "数据库版本为 {found}，本程序需要 {needed}。"
    next_zh = "运行 hub migrate。"
    next_en = "Run: hub migrate"


class MigrationBusy(StorageError):
    """Another process is migrating the database, or a long transaction is in the way."""

    code = "MIGRATION_BUSY"
    retryable = True
    zh = "另一进程正在迁移数据库，或有长事务阻塞。"
    next_zh = "稍后再运行 hub migrate。"
    next_en = "Run `hub migrate` again in a while."


class TransportError(HubError):
    """The request does not follow HTTP/1.1."""

    code = "BAD_REQUEST"
    status = 400
    zh = "请求不符合 HTTP/1.1。"
    next_zh = "用标准的 HTTP 客户端发送；检查请求行、长度和沿途的代理。"
    next_en = "Send it with a common HTTP client; see to the request line, the length, and proxies on the way."


class HeaderRepeated(TransportError):
    """The header {header} is given more than once."""

    code = "HEADER_REPEATED"
    zh = "请求头 {header} 出现多次。"
    next_zh = "只给一次；检查代理是否又添了一个。"
    next_en = "Give it once; see whether a proxy adds another."


class HeadTooLarge(TransportError):
    """The address and headers are larger than {limit} bytes."""

    code = "LIMIT_HEADERS"
    status = 431
    zh = "地址与请求头超过 {limit} 字节。"
    next_zh = "去掉不需要的 Cookie 和请求头。"
    next_en = "Leave out cookies and headers that are not needed."


class RequestSlow(TransportError):
    """The request did not arrive in time."""

    code = "REQUEST_TIMEOUT"
    status = 408
    retryable = True
    zh = "请求没有在时限内发完。"
    next_zh = "检查网络后重新发送；大的请求分成几次。"
    next_en = "See to the network and send it again; split a large request."


class TooManyConnections(TransportError):
    """Too many connections are open."""

    code = "LIMIT_CONNECTIONS"
    status = 503
    retryable = True
    zh = "打开的连接过多。"
    next_zh = "复用已有的连接，稍后再试。"
    next_en = "Use the connections you have, and try again in a while."


class BodyNotJson(TransportError):
    """The body is not JSON in UTF-8."""

    code = "BODY_NOT_JSON"
    zh = "请求体不是 UTF-8 编码的 JSON。"
    next_zh = "检查编码、引号和括号；数字须在双精度浮点数的范围内，嵌套不宜过深。"
    next_en = "See to encoding, quotes and brackets; numbers are within a double's range and nesting is moderate."


class KeyRepeated(TransportError):
    """The body's JSON has a key twice in one object."""

    code = "KEY_REPEATED"
    zh = "请求体的 JSON 中同一对象有重复的键。"
    next_zh = "每个键只写一次：重复的键，各程序解读不同。"
    next_en = "Write each key once: programs differ in which of two they read."


class NulRefused(TransportError):
    """The body holds a NUL character."""

    code = "NUL_REFUSED"
    zh = "请求体含有空字符（U+0000）。"
    next_zh = "去掉文本中的空字符，多由导出程序误带。"
    next_en = "Take it out of the text; programs that export sometimes leave one."


class RequestMalformed(TransportError):
    """The body is JSON, but not one GraphQL request: {member}"""

    code = "REQUEST_MALFORMED"
    status = 422
    zh = "请求体不是一个 GraphQL 请求：{member}"
    next_zh = "请求体为对象，含 query 及可选的 operationName、variables、extensions。"
    next_en = "Send one object with query and optional operationName, variables, extensions."


class SignInMalformed(TransportError):
    """The body does not name a unit and one role of a person."""

    code = "SIGN_IN_MALFORMED"
    status = 422
    zh = "请求体未写明一个单位和一个人员角色。"
    next_zh = '发送 {{"unit": …, "role": …}}，角色见 GET /desk/sign-in。'
    next_en = 'Send {{"unit": …, "role": …}}; GET /desk/sign-in lists the roles.'


class BatchRefused(TransportError):
    """One body holds at most {limit} requests here."""

    code = "LIMIT_BATCH"
    status = 422
    zh = "此处每个请求体最多含 {limit} 个请求。"
    next_zh = "逐个发送；同一连接可以复用。"
    next_en = "Send them one by one, over the same connection."


class BodyTooLarge(TransportError):
    """The body is larger than {limit} bytes."""

    code = "LIMIT_BODY"
    status = 413
    zh = "请求体超过 {limit} 字节。"
    next_zh = "把长列表改为变量并分批查询。"
    next_en = "Ask in several smaller requests."


class MediaTypeUnsupported(TransportError):
    """The body must be application/json in UTF-8, not encoded otherwise."""

    code = "MEDIA_TYPE"
    status = 415
    zh = "请求体须为 UTF-8 编码的 application/json。"
    next_zh = "设 Content-Type: application/json，不压缩，不用表单。"
    next_en = "Set Content-Type: application/json; neither compress the body nor send a form."


class NotAcceptable(TransportError):
    """None of the media types in Accept can be served."""

    code = "NOT_ACCEPTABLE"
    status = 406
    zh = "Accept 中没有可提供的媒体类型。"
    next_zh = "在 Accept 中写 application/graphql-response+json 或 application/json。"
    next_en = "Name application/graphql-response+json or application/json in Accept."


class MethodNotAllowed(TransportError):
    """This address takes {allowed} only."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    zh = "此地址只接受 {allowed}。"
    next_zh = "用 POST 发送：写在地址里的查询会留在沿途的日志里。"
    next_en = "Send it by POST: a query in an address stays in the logs along its way."


class NotFound(TransportError):
    """There is nothing at this address."""

    code = "NOT_FOUND"
    status = 404
    zh = "此地址没有内容。"
    next_zh = "查询发往 /graphql。"
    next_en = "Questions go to /graphql."


class TooManyRequests(TransportError):
    """You have asked for more than your share; wait {seconds} s."""

    code = "TOO_MANY_REQUESTS"
    status = 429
    retryable = True
    zh = "请求已超出您的份额，请等待 {seconds} 秒。"
    next_zh = "按 Retry-After 等待；每次答复的 extensions.cost 是该操作的开销，用变量而不是改写文档。"
    next_en = "Wait as Retry-After says; extensions.cost tells each operation's cost; use variables, not new documents."


class TooManyStreams(TooManyRequests):
    """You have {limit} requests under way already."""

    code = "LIMIT_STREAMS"
    zh = "您已有 {limit} 个请求在处理中。"
    next_zh = "等前面的请求答复后再发。"
    next_en = "Wait for the answers to those before."


class TooBusy(TooManyRequests):
    """Your unit has too many heavy requests waiting."""

    code = "LIMIT_WAITING"
    zh = "贵单位等待处理的大查询过多。"
    next_zh = "按 Retry-After 等待；减小 first，或错开大批量查询。"
    next_en = "Wait as Retry-After says; ask for smaller pages, or spread bulk reading over time."


class TooManySubscriptions(TooManyRequests):
    """You have {limit} subscriptions or connections for them on this node already."""

    code = "LIMIT_SUBSCRIPTIONS"
    zh = "您在本节点已有 {limit} 个订阅或订阅连接。"
    next_zh = "一个连接可承载多个订阅；先结束不用的。"
    next_en = "One connection carries several subscriptions; end those you do not need."


class IdentityError(HubError):
    """It is not established who asks."""

    code = "UNAUTHENTICATED"
    status = 401
    zh = "未能确认请求者的身份。"
    next_zh = "在 Authorization 头中提供 Bearer 令牌。"
    next_en = "Send a bearer token in the Authorization header."


class TokenInvalid(IdentityError):
    """The token is not accepted: {reason}"""

    code = "TOKEN_INVALID"
    zh = "令牌无效：{reason}"
    next_zh = "向身份服务重新申请令牌。"
    next_en = "Get a new token from the issuer."


class TokenExpired(TokenInvalid):
    """The token has expired or is not valid yet."""

    code = "TOKEN_EXPIRED"
    zh = "令牌已过期或尚未生效。"


class UnknownUnit(IdentityError):
    """The unit {unit} is not registered."""

    code = "UNKNOWN_UNIT"
    status = 403
    zh = "单位 {unit} 未登记。"
    next_zh = "请联席会议办公室登记本单位。"
    next_en = "Have the conference's office register the unit."


class UnitEnded(IdentityError):
    """The unit {unit} ended and has no successor that this token may act for."""

    code = "UNIT_ENDED"
    status = 403
    zh = "单位 {unit} 已撤销，且没有可承接的单位。"
    next_zh = "以承接单位的身份重新登录。"
    next_en = "Log in for the unit that took over."


class RoleConflict(IdentityError):
    """These roles exclude one another: {roles}"""

    code = "ROLE_CONFLICT"
    status = 403
    zh = "角色互斥：{roles}"
    next_zh = "三类管理员与业务角色须由不同的人担任。"
    next_en = "The three administrators' roles and all others are held by different people."


class PurposeInvalid(IdentityError):
    """The stated purpose is not valid: {reason}"""

    code = "PURPOSE_INVALID"
    status = 400
    zh = "所述用途无效：{reason}"
    next_zh = "在 Hub-Duty、Hub-Case、Hub-Task、Hub-Application 中给出用途。"
    next_en = "State duty, case, task or application in the Hub-* headers or in extensions.purpose."


class IssuerUnavailable(IdentityError):
    """The issuer's keys cannot be read now."""

    code = "ISSUER_UNAVAILABLE"
    status = 503
    retryable = True
    zh = "暂时无法取得签发方的公钥。"


class IssuerOff(IdentityError):
    """The built-in issuer is for demonstration and development, and is switched off."""

    code = "ISSUER_OFF"
    status = 403
    zh = "内置签发方仅限演示与开发，现未开启。"
    next_zh = "演示时设 HUB_DEV_ISSUER=on；正式使用请配置 HUB_JWKS_URL 或 HUB_JWKS_FILE。"
    next_en = "For a demonstration set HUB_DEV_ISSUER=on; in production configure HUB_JWKS_URL or HUB_JWKS_FILE."


class OperationError(HubError):
    """The document is not valid: {reason}"""

    code = "DOCUMENT_INVALID"
    status = 400
    zh = "查询文档无效：{reason}"


class OperationUnknown(OperationError):
    """The document holds no operation of that name, or several and none was named."""

    code = "OPERATION_UNKNOWN"
    status = 422
    zh = "文档中没有该名称的操作，或有多个操作而未指明。"


class VariableInvalid(OperationError):
    """The variables do not fit: {reason}"""

    code = "VARIABLE_INVALID"
    status = 422
    zh = "变量无效：{reason}"


class LimitTokens(OperationError):
    """The document has more than {limit} tokens."""

    code = "LIMIT_TOKENS"
    zh = "查询文档超过 {limit} 个词元。"
    next_zh = "拆成几个较小的操作，长列表放入变量。"
    next_en = "Split it into smaller operations; put long lists into variables."


class LimitDepth(OperationError):
    """The document nests deeper than {limit} levels."""

    code = "LIMIT_DEPTH"
    zh = "查询嵌套超过 {limit} 层。"
    next_zh = "分两次查询：先取 id，再按 id 查。"
    next_en = "Ask in two steps: ids first, then by id."


class LimitAliases(OperationError):
    """The document uses more than {limit} aliases."""

    code = "LIMIT_ALIASES"
    zh = "查询使用的别名超过 {limit} 个。"
    next_zh = "用 filter 的 in 一次查多个，或分几次查询。"
    next_en = "Ask for several at once by a filter's `in`, or in several operations."


class LimitCost(OperationError):
    """The operation may cost {cost}; at most {limit} is allowed."""

    code = "LIMIT_COST"
    zh = "该操作的开销可达 {cost}，上限为 {limit}。"
    next_zh = "减小 first，或分几次查询。"
    next_en = "Ask for smaller pages, or in several operations."


class LimitPage(OperationError):
    """A page or count takes 0 to {limit} rows."""

    code = "LIMIT_PAGE"
    zh = "每页或计数须为 0 到 {limit} 行。"
    next_zh = "减小 first 或 limit，用 after 翻页。"
    next_en = "Ask for less with first or limit, and turn pages with after."


class LimitList(OperationError):
    """A list of values holds at most {limit}."""

    code = "LIMIT_LIST"
    zh = "值列表最多 {limit} 项。"
    next_zh = "把列表分成几次查询。"
    next_en = "Split the list over several operations."


class LimitName(OperationError):
    """An alias holds at most {limit} bytes."""

    code = "LIMIT_NAME"
    status = 422
    zh = "别名最多 {limit} 字节。"
    next_zh = "用较短的别名。"
    next_en = "Use a shorter alias."


class ListMixed(OperationError):
    """A list in the document mixes literals and variables."""

    code = "LIST_MIXED"
    status = 422
    zh = "文档中的列表混用了字面值和变量。"
    next_zh = "把整个列表作为一个变量传入。"
    next_en = "Pass the whole list as one variable."


class GrantError(HubError):
    """There is no policy to decide by, so everything is refused."""

    code = "POLICY_MISSING"
    status = 503
    zh = "没有可用的授权策略，一律拒绝。"


class PolicyStale(GrantError):
    """This node cannot confirm that its policy version is the current one."""

    code = "POLICY_STALE"
    retryable = True
    zh = "本节点无法确认策略版本为最新。"


class PolicyInvalid(GrantError):
    """The policies hold {count} fault(s): {faults}"""

    code = "POLICY_INVALID"
    zh = "策略有 {count} 处错误：{faults}"


class PlanError(HubError):
    """An argument is not valid: {reason}"""

    code = "ARGUMENT_INVALID"
    status = 400
    zh = "参数无效：{reason}"


class NotGranted(PlanError):
    """Not granted: {paths}"""

    code = "NOT_GRANTED"
    status = 403
    zh = "未获授权：{paths}"
    next_zh = "逐项原因见 extensions.access；目录 catalogue 写明可向谁申请。"
    next_en = "extensions.access gives each reason; the catalogue names whom to ask."


class CursorInvalid(PlanError):
    """The cursor was not made for this unit, list and order."""

    code = "CURSOR_INVALID"
    zh = "游标不属于本单位、此列表或此排序。"
    next_zh = "从第一页重新查询。"
    next_en = "Start again from the first page."


class WriteError(HubError):
    """The record was not written."""

    code = "NOT_WRITTEN"
    status = 422
    zh = "记录未写入。"


class InputInvalid(WriteError):
    """Nothing was written: {count} fault(s) in what was sent."""

    code = "INPUT_INVALID"
    zh = "未写入：所报内容有 {count} 处不符。"
    next_zh = "逐处原因见 extensions.faults，改正后重新提交。"
    next_en = "extensions.faults gives each; correct them and send again."


class ValueTaken(InputInvalid):
    """Nothing was written: a value that no two records may share is used by another."""

    code = "VALUE_TAKEN"
    status = 409
    zh = "未写入：有一项不能重复的值已被另一条记录使用。"


class RowUnknown(WriteError):
    """There is no such record, or it is out of your reach."""

    code = "ROW_UNKNOWN"
    status = 404
    zh = "没有这条记录，或不在本单位范围内。"


class VersionConflict(WriteError):
    """The record has changed meanwhile; it stands at version {version}."""

    code = "VERSION_CONFLICT"
    status = 409
    zh = "该记录已被他人更新，现为第 {version} 版。"
    next_zh = "重新读取后再改。"
    next_en = "Read it again, then change it."


class WriteRefused(WriteError):
    """You may not write: {paths}"""

    code = "WRITE_NOT_GRANTED"
    status = 403
    zh = "未获授权写入：{paths}"
    next_zh = "逐项原因见 extensions.access；写明应由谁登记或向谁申请。"
    next_en = "extensions.access gives each reason, and who keeps it."


class OutOfReach(WriteRefused):
    """The record would then lie out of your reach: {paths}"""

    code = "OUT_OF_REACH"
    zh = "写入后该记录将不在本单位范围内：{paths}"
    next_zh = "请由对象所在地、所在案件的责任单位登记；儿童迁居请办理转移。"
    next_en = "Have it recorded by the unit in charge there; for a child who moves use the transfer."


class MoveOutOfReach(WriteError):
    """The place the child moves to is not in your charge."""

    code = "MOVE_OUT_OF_REACH"
    status = 403
    zh = "迁入地不在本单位负责范围内。"
    next_zh = "跨乡镇由县级民政部门办理，跨县由市级民政部门办理。"
    next_en = "Between townships the county's civil affairs move a child, between counties the city's."


class OtherCounty(WriteError):
    """The two files are kept in different counties."""

    code = "OTHER_COUNTY"
    status = 409
    zh = "两份档案分属不同的县。"
    next_zh = "先把儿童迁到同一个县，再合并。"
    next_en = "Move one child to the other's county first, then merge."


class SameFile(WriteError):
    """A file cannot be merged with itself."""

    code = "SAME_FILE"
    status = 422
    zh = "不能与自身合并。"


class NotMerged(WriteError):
    """There is no merge of this child's file to undo, or it is out of your reach."""

    code = "NOT_MERGED"
    status = 404
    zh = "没有可撤销的合并，或不在本单位范围内。"


class ValueOwned(WriteError):
    """Another unit keeps this value ({owners}): {paths}"""

    code = "VALUE_OWNED"
    status = 403
    zh = "该值由其他单位（{owners}）维护，不能改写：{paths}"
    next_zh = "如有异议，用 doubtValue 向维护单位提出校核申请，附主张值和佐证。"
    next_en = "If you doubt it, file a correction request (校核) by doubtValue, with your value and evidence."


class KeyReused(WriteError):
    """This idempotency key was sent before with another content."""

    code = "IDEMPOTENCY_KEY_REUSED"
    status = 422
    zh = "该幂等键已用于另一次内容不同的提交。"
    next_zh = "每次新的提交用新的幂等键。"
    next_en = "Use a new key for each new submission."


class ActError(WriteError):
    """The act cannot be done as the matter now stands."""

    code = "ACT_NOT_POSSIBLE"
    status = 409
    zh = "按事项目前的状态，不能进行此操作。"


class NoCase(ActError):
    """There is no case yet."""

    code = "NO_CASE"
    zh = "尚未立案。"
    next_zh = "先由公安机关受理报告。"
    next_en = "The police accept the report first."


class CaseClosed(ActError):
    """The case is closed."""

    code = "CASE_CLOSED"
    zh = "该案件已结案。"
    next_zh = "确需继续办理的，由牵头单位重启案件（reopenCase）。"
    next_en = "If there is more to do, the lead unit reopens it (reopenCase)."


class WrongStage(ActError):
    """The case is at the stage {stage} ({stage_zh}), from which this cannot be done."""

    code = "WRONG_STAGE"
    zh = "案件处于“{stage_zh}”阶段（{stage}），不能进行此操作。"
    next_zh = "先完成本阶段的事项；各阶段可做的事见 case 的 stage。"
    next_en = "Complete what this stage asks for first."


class AlreadyDone(ActError):
    """It has been done already, by {unit}."""

    code = "ALREADY_DONE"
    zh = "已由 {unit} 办理，不能重复。"
    next_zh = "重新读取后查看结果。"
    next_en = "Read it again to see the result."


class NotLead(ActError):
    """Only the unit that leads the case, {unit}, can do this."""

    code = "NOT_LEAD"
    status = 403
    zh = "只能由本案牵头单位（{unit}）办理。"
    next_zh = "请牵头单位办理。"
    next_en = "Ask the lead unit to do it."


class CannotLeave(ActError):
    """A unit whose duty the case itself is cannot leave it."""

    code = "CANNOT_LEAVE"
    zh = "本单位在此案中负有法定职责，或未参与此案，不能退出。"
    next_zh = "只有受邀、提供服务或配合的单位可以退出；其余请待结案（closeCase）。"
    next_en = "Only a unit invited, serving or contributing can leave; the others stay until it is closed (closeCase)."


class ChildUnknown(ActError):
    """It is not yet known who the child is."""

    code = "CHILD_UNKNOWN"
    zh = "儿童身份尚未查明。"
    next_zh = "先查明身份，受理时填写 child。"
    next_en = "Find out who it is, and name the child when accepting."


class KnowledgeMissing(ActError):
    """The case cannot be closed: {count} unit(s) told of it have neither acknowledged nor been escalated: {units}"""

    code = "KNOWLEDGE_MISSING"
    zh = "不能结案：{count} 个应知单位尚未确认，也未升级：{units}"
    next_zh = "催请其确认；逾期未确认的自动升级，之后即可结案。"
    next_en = "Ask them to acknowledge; what is overdue is escalated by itself, and then the case can be closed."


class MatterOpen(ActError):
    """The case cannot be closed while something in it is open: {what} ({what_zh})"""

    code = "MATTER_OPEN"
    zh = "不能结案，尚有未完事项：{what_zh}（{what}）"
    next_zh = "先办结或终止该事项。"
    next_en = "Complete or end it first."


class NotDeclinable(ActError):
    """What has happened is acknowledged; only a request can be sent back."""

    code = "NOT_DECLINABLE"
    zh = "已发生的事项只能签收，不能退回；只有请求可以退回。"
    next_zh = "改用 acknowledgeNotices。"
    next_en = "Use acknowledgeNotices."


class ActOvertaken(ActError):
    """Something in the case changed while this was being done; nothing was written."""

    code = "ACT_OVERTAKEN"
    retryable = True
    zh = "办理过程中案件内容有变，本次未写入。"
    next_zh = "重新读取后再办理。"
    next_en = "Read the case again, then do it again."


class NoUnitInCharge(ActError):
    """No unit of the kind {unit_type} is in charge there."""

    code = "NO_UNIT_IN_CHARGE"
    status = 422
    zh = "当地没有负责的 {unit_type} 单位。"
    next_zh = "写明承办单位的代码。"
    next_en = "Name the unit by its code."


class ShareError(ActError):
    """This cannot be shared so."""

    code = "NOT_SHAREABLE"
    status = 422
    zh = "该项数据不能这样共享。"
    next_zh = "可共享的类别见 catalogue；确需调整规则的，提请联席会议研究。"
    next_en = "The catalogue lists what can be shared; only a minute of the joint conference changes a rule."


class ShareNever(ShareError):
    """{name} is not shared by application: it is sealed, or part of a case."""

    code = "SHARE_NEVER"
    zh = "“{name}”不通过共享申请提供：依法封存，或属案件内容。"
    next_zh = "案件内容请牵头单位将本单位列入案件（inviteUnit）；封存信息不予共享。"
    next_en = "For a case, ask its lead to bring your unit in (inviteUnit); what is sealed is not shared."


class ShareDenied(ShareError):
    """Rule {rule} denies this to your kind of unit, whatever its owner agrees to."""

    code = "SHARE_DENIED"
    status = 403
    zh = "规则 {rule} 不予本类单位查看，数源单位同意也不能开放。"
    next_zh = "确需调整的，提请联席会议研究，以纪要为准。"
    next_en = "Only a minute of the joint conference changes it."


class ShareNotHeld(ShareError):
    """Your unit does not itself hold this in its own divisions, so it cannot share it: {name}"""

    code = "SHARE_NOT_HELD"
    status = 403
    zh = "本单位自身在辖区内不持有该项数据，不能共享：{name}"
    next_zh = "写明理由答复不予共享（refuseShare），申请单位可改向持有单位申请。"
    next_en = "Refuse it with the reason (refuseShare); the applicant then asks the unit that holds it."


class ShareTerm(ShareError):
    """The period or part is not within what was applied for: {what}"""

    code = "SHARE_TERM"
    zh = "期限、范围、方式或部分不在申请之内：{what}"
    next_zh = "期限不超过 {most} 天；同意的不得宽于申请的。"
    next_en = "A share lasts {most} days at most, and is no wider than what was applied for."


class ShareScope(ShareError):
    """A unit without divisions of its own applies for the children of its cases, or those assigned to it."""

    code = "SHARE_SCOPE"
    zh = "本类单位没有辖区，只能就参与的案件（case）或分派的对象（assigned）申请。"
    next_zh = "把 scope 改为 case 或 assigned，或由主管部门申请。"
    next_en = "Use the scope case or assigned, or have the supervising department apply."


class NotForYou(ActError):
    """This is for another unit to decide: {unit}"""

    code = "NOT_FOR_YOU"
    status = 403
    zh = "此事由 {unit} 办理。"
    next_zh = "请该单位办理。"
    next_en = "That unit does it."


class LeaseRunning(ActError):
    """You hold an emergency lease for this child until {until}."""

    code = "LEASE_RUNNING"
    zh = "你对该儿童的应急查阅授权在 {until} 前有效。"
    next_zh = "直接查阅；到期后仍有需要的，重新申请。"
    next_en = "Read on; take another when it has ended, if there is still need."


class OwnReview(ActError):
    """Nobody reviews a lease of their own unit."""

    code = "OWN_REVIEW"
    status = 403
    zh = "不能复核本单位的应急查阅。"
    next_zh = "由联席会议办公室复核。"
    next_en = "The joint conference office reviews it."


class NothingClaimed(ActError):
    """The value already is what you claim it to be."""

    code = "NOTHING_CLAIMED"
    zh = "现值与主张值相同，无需校核。"


class ValueYours(ActError):
    """Your unit keeps this value itself."""

    code = "VALUE_YOURS"
    zh = "该值由本单位维护。"
    next_zh = "直接更新即可。"
    next_en = "Simply change it."


class ValueComputed(ActError):
    """The hub computes this value, or an act sets it; nobody keeps it field by field: {field}"""

    code = "VALUE_COMPUTED"
    status = 422
    zh = "该值由平台推算或由办理行为形成，不能逐项校核：{field}"
    next_zh = "对其依据的数据项提出校核。"
    next_en = "Doubt the values that it follows from."


class KnowledgeError(HubError):
    """An act that a duty does not allow: {reason}"""

    code = "DUTY_INVALID"
    status = 409
    zh = "不符合职责规则：{reason}"


class ClockFixed(KnowledgeError):
    """This clock does not allow it: {what}"""

    code = "CLOCK_FIXED"
    zh = "该期限不允许此操作：{what}"
    next_zh = "期限依规定不得中止、延长；确有困难的，请向联席会议办公室说明。"
    next_en = "The rule lets nobody stop or extend this term; tell the joint conference office of the difficulty."


class ObligationSettled(KnowledgeError):
    """This obligation no longer stands: it was met or waived."""

    code = "OBLIGATION_SETTLED"
    zh = "该义务已履行或已免除。"
    next_zh = "重新查询该义务的状态。"
    next_en = "Read its state anew."


class NotOwedByYou(KnowledgeError):
    """Only the unit that owes this may do so."""

    code = "NOT_OWED_BY_YOU"
    status = 403
    zh = "只有义务单位可以办理。"
    next_zh = "由义务单位办理；该单位见 fromUnit。"
    next_en = "The owing unit does it; fromUnit names it."


class MetByAct(KnowledgeError):
    """This is met by the act itself, not by a word about it."""

    code = "MET_BY_ACT"
    zh = "须以办理行为履行，不能仅作说明。"
    next_zh = "办理相应事项，义务随之履行。"
    next_en = "Do what is owed; the obligation is then met by it."


class ReasonNeeded(KnowledgeError):
    """Evidence or a reason is needed, in at most {most} characters."""

    code = "REASON_NEEDED"
    status = 422
    zh = "须写明佐证或理由，不超过 {most} 字。"
    next_zh = "写明佐证或理由后重新提交。"
    next_en = "Say it and send again."


class StreamError(HubError):
    """The subscription has ended."""

    code = "SUBSCRIPTION_ENDED"
    status = 400
    zh = "订阅已结束。"
    next_zh = "以最后收到的 cursor 作为 after 重新订阅，不漏不重。"
    next_en = "Subscribe again with the last cursor as `after`; nothing is missed and nothing comes twice."


class StreamNeeded(StreamError):
    """A subscription is answered over a WebSocket or as an event stream."""

    code = "SUBSCRIPTION_TRANSPORT"
    status = 406
    zh = "订阅须经 WebSocket 或事件流（SSE）答复。"
    next_zh = "用子协议 graphql-transport-ws 连接，或在 Accept 中写 text/event-stream。"
    next_en = "Connect with the subprotocol graphql-transport-ws, or name text/event-stream in Accept."


class MessageMalformed(StreamError):
    """The message is none of graphql-transport-ws, or not in its order."""

    code = "MESSAGE_MALFORMED"
    zh = "消息不符合 graphql-transport-ws 协议或其次序。"
    next_zh = "使用现成的 graphql-transport-ws 客户端。"
    next_en = "Use one of the common clients of graphql-transport-ws."


class OriginRefused(StreamError):
    """Pages of this origin may not connect."""

    code = "ORIGIN_REFUSED"
    status = 403
    zh = "该来源的网页不得连接。"
    next_zh = "由管理员在 HUB_ALLOWED_ORIGINS 中列入该来源。"
    next_en = "An administrator lists the origin in HUB_ALLOWED_ORIGINS."


class RightsChanged(StreamError):
    """The policies, your unit or your roles have changed since you subscribed."""

    code = "RIGHTS_CHANGED"
    status = 409
    retryable = True
    zh = "订阅以来，策略、贵单位或您的角色有变更。"


class RightEnded(StreamError):
    """What you follow is not, or no longer, in your reach."""

    code = "RIGHT_ENDED"
    status = 403
    zh = "所订阅的记录不在、或已不在您的范围内。"
    next_zh = "如仍参与办理，请牵头单位确认；重新查询该案件。"
    next_en = "If you still have a part in it, ask the lead unit; read the case again."


class SlowReader(StreamError):
    """Events came faster than you took them."""

    code = "SLOW_READER"
    status = 429
    retryable = True
    zh = "事件多于您及时取走的数量。"


class CursorTooOld(StreamError):
    """Too much has happened since this cursor."""

    code = "CURSOR_TOO_OLD"
    status = 410
    zh = "该游标之后的变更过多，不能续接。"
    next_zh = "不带 after 重新订阅，再查询一遍当前内容。"
    next_en = "Subscribe without `after`, then read the present state."


class ExecuteError(HubError):
    """The database cannot be reached now."""

    code = "UNAVAILABLE"
    status = 503
    retryable = True
    zh = "数据库暂时无法访问。"


class ExecuteTimeout(ExecuteError):
    """The answer was not ready within {seconds} s."""

    code = "TIMEOUT"
    status = 504
    zh = "未能在 {seconds} 秒内得出结果。"
    next_zh = "缩小范围或减小每页行数。"
    next_en = "Narrow the filter or ask for smaller pages."


class ClockSkewed(ExecuteError):
    """The clocks of the hub and of the database differ by {seconds} s; at most {limit} s are allowed."""

    code = "CLOCK_SKEWED"
    zh = "平台与数据库的时钟相差 {seconds} 秒，允许 {limit} 秒。"
    next_zh = "校准两台机器的时间同步。"
    next_en = "See to the time service on both machines."


class RecordError(HubError):
    """The access could not be recorded, so nothing is answered."""

    code = "CANNOT_RECORD"
    status = 503
    retryable = True
    zh = "无法写入访问记录，因此不予答复。"


class RecordBroken(RecordError):
    """The chain of access records does not verify: {reason}"""

    code = "RECORD_BROKEN"
    retryable = False
    zh = "访问记录链校验不通过：{reason}"
    next_zh = "保全现场，报审计管理员。"
    next_en = "Keep everything as it is and call the audit administrator."


class RosterError(HubError):
    """The roster cannot be imported: {reason}"""

    code = "ROSTER_FAILED"
    status = 422
    zh = "名册无法导入：{reason}"
    next_zh = "按提示改正文件后重新导入；说明见 hub import --help。"
    next_en = "Correct the file and import it again; hub import --help tells how."


class RosterUnreadable(RosterError):
    """The file cannot be read: {reason}."""

    code = "ROSTER_UNREADABLE"
    zh = "文件无法读取：{reason}。"
    next_zh = "用 Excel 或 WPS 打开，另存为无密码、无宏的 .xlsx 或 UTF-8 的 .csv 后重新导入。"
    next_en = "Open it in a spreadsheet program, save it as .xlsx without password or macros, or as .csv in UTF-8."


class RosterWithoutTable(RosterError):
    """No sheet has a row of headers with a name and at least one more known column."""

    code = "ROSTER_NO_TABLE"
    zh = "没有找到表头：任何可见工作表中都没有同时含“姓名”和其他可识别列的一行。"
    next_zh = "检查表头文字，或用 --mapping 指定列的对应关系。"
    next_en = "Look at the headers, or say what the columns mean with --mapping."


class RosterNotYours(RosterError):
    """{unit} keeps nothing that a roster could hold."""

    code = "ROSTER_NOT_YOURS"
    status = 403
    zh = "{unit} 没有可由名册导入的登记职责。"
    next_zh = "用 hub explain 查看本单位的登记权限，或由乡镇、村（居）、学校、派出所导入。"
    next_en = "hub explain tells what a unit may record; townships, villages, schools and police import rosters."


class RosterMediaType(RosterError):
    """The body is the file itself: xlsx, xls or csv, not a form and not compressed."""

    code = "ROSTER_MEDIA_TYPE"
    status = 415
    zh = "请求体应是文件本身（xlsx、xls、csv），不是表单，也不压缩。"
    next_zh = "用 Content-Type: application/octet-stream 发送，如 curl --data-binary @花名册.xlsx。"
    next_en = "Send it with Content-Type: application/octet-stream, such as curl --data-binary @roster.xlsx."


class RosterBusy(RosterError):
    """This import is under way."""

    code = "ROSTER_BUSY"
    status = 409
    retryable = True
    zh = "该导入正在进行。"
    next_zh = "等它结束：GET /imports/… 显示进度。"
    next_en = "Wait until it ends: GET /imports/… tells how far it is."


class RosterTraysFull(RosterError):
    """Your unit has {limit} imports that are kept still."""

    code = "ROSTER_TRAYS_FULL"
    status = 429
    zh = "本单位保留的导入已达 {limit} 份。"
    next_zh = "用 DELETE 删去不再需要的，或等其到期。"
    next_en = "Delete those no longer needed, or wait until they expire."


class RosterMappingInvalid(RosterError):
    """The mapping file does not hold: {faults}"""

    code = "ROSTER_MAPPING_INVALID"
    zh = "列对应文件有误：{faults}"
    next_zh = "改正后重试；用 --save-mapping 可以写出一份可改的对应文件。"
    next_en = "Correct it; --save-mapping writes one to start from."


class InternalError(HubError):
    """A fault inside the hub; it was logged under {reference}."""

    code = "INTERNAL"
    zh = "系统内部出错，日志编号 {reference}。"
    next_zh = "把编号告诉系统管理员。"
    next_en = "Tell the reference to the system administrator."


def all_errors(base: type[HubError] = HubError) -> Iterator[type[HubError]]:
    """Every error the hub can show, in the order of the tree; a stage may refine one of them under the same code."""
    for child in base.__subclasses__():
        if child.__module__ == __name__:
            yield child
        yield from all_errors(child)


def render_errors() -> str:
    """The table of codes, in Markdown."""
    lines = ["| code | HTTP | retry | 说明 | meaning | 下一步 / next step |", "| --- | --- | --- | --- | --- | --- |"]
    for error in sorted(set(all_errors()), key=lambda error: (error.status, error.code)):
        step = " / ".join(filter(None, (error.next_zh, error.next_en)))
        retry = "yes" if error.retryable else "no"
        lines.append(f"| `{error.code}` | {error.status} | {retry} | {error.zh} | {error.__doc__} | {step} |")
    return "\n".join(lines) + "\n"
