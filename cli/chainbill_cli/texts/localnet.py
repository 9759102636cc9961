"""The local network."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "localnet.up": (
        "Set up a local network if there is none, and start its nodes; without --detach they stop with this command",
        "建立（如尚无）并启动本地网络；不加 --detach 时，节点随本命令结束而停止",
    ),
    "localnet.status": ("Show the nodes and how they are", "查看各节点状态"),
    "localnet.stop": ("Stop one node", "停止一个节点"),
    "localnet.start": ("Start one node", "启动一个节点"),
    "localnet.clock": ("Show the ledger's clock, or move it forward", "查看或向前调整账本时钟"),
    "localnet.down": ("Stop all nodes; the ledger stays", "停止所有节点，保留账本"),
    "localnet.reset": ("Stop all nodes and delete the network", "停止所有节点并删除网络"),
    "localnet.logs": ("Show what the nodes log", "查看节点日志"),
    "localnet.opt_validators": ("How many banks run a validator", "运行验证节点的银行数量"),
    "localnet.opt_port": ("First port; default: free ones", "起始端口，默认自动选择空闲端口"),
    "localnet.opt_detach": (
        "Return when every node is ready, and leave them running",
        "全部就绪后返回，节点继续在后台运行",
    ),
    "localnet.opt_closed": ("Closed reads: every read must be signed", "不开放读取：每次读取都须签名"),
    "localnet.opt_kill": ("SIGKILL: no clean end", "SIGKILL：不做清理直接终止"),
    "localnet.opt_to": ("Move to the beginning of this date", "调到该日零点"),
    "localnet.opt_advance": ("Move by 30d, 12h, 90m or 5s", "前进 30d、12h、90m 或 5s"),
    "localnet.opt_follow": ("Go on as lines come", "持续输出"),
    "localnet.opt_lines": ("How many last lines", "末尾行数"),
    "localnet.none": ("there is no local network in {home}", "{home} 中没有本地网络"),
    "localnet.no_such_node": ("there is no node {name}; there are {known}", "没有节点 {name}；现有：{known}"),
    "localnet.not_started": ("{name} could not be started: {why}", "无法启动 {name}：{why}"),
    "localnet.ended": ("{name} ended while it was starting; its log is {log}", "{name} 启动时退出，日志见 {log}"),
    "localnet.not_ready": ("{name} is not ready yet; its log is {log}", "{name} 尚未就绪，日志见 {log}"),
    "localnet.late": (
        "{names} runs and is not ready yet, for the reason above; it goes on by itself (chainbill localnet status). "
        "A validator that waits for a height needs blocks: each transaction makes one, an idle network one a minute",
        "{names} 正在运行，但尚未就绪，原因见上；会自行继续（chainbill localnet status）。"
        "等待某一高度的验证节点须有新区块：每笔交易产生一个，网络空闲时每分钟一个",
    ),
    "localnet.no_validator": ("no validator any more: removed by vote", "已不是验证方：经表决移除"),
    "localnet.already_otherwise": (
        "{home} has a network already, made otherwise than {option}; leave the option out, "
        "or delete the network with `chainbill localnet reset`",
        "{home} 已有网络，其设置与 {option} 不符；请去掉该选项，或用 chainbill localnet reset 删除该网络",
    ),
    "localnet.already": (
        "{home} has a network with {count} validators; use it, or delete it with `chainbill localnet reset`",
        "{home} 已有 {count} 个验证方的网络；可直接使用，或用 chainbill localnet reset 删除",
    ),
    "localnet.foreign": (
        "{home} holds a network that `chainbill localnet up` did not make",
        "{home} 中的网络不是由 chainbill localnet up 建立的",
    ),
    "localnet.no_step": ("{value} does not move the clock", "{value} 不会拨动时钟"),
    "localnet.bad_step": ("{value}: write a step as 30d, 12h, 90m or 5s", "{value}：步长请写成 30d、12h、90m 或 5s"),
    "localnet.clock_back": (
        "the ledger is at {today} already; its clock never goes back to {date}",
        "账本日期已是 {today}，时钟不能退回 {date}",
    ),
    "localnet.clock_slow": (
        "the clock was moved, but no block has the date {date} yet",
        "时钟已调整，但尚无日期为 {date} 的区块",
    ),
    "localnet.one_of": ("either --to or --advance", "--to 与 --advance 只能用一个"),
    "localnet.running": (
        "this command stays here while the network runs; Ctrl-C stops both (with --detach the nodes would go on)",
        "本命令在前台运行，按 Ctrl-C 即同时停止网络；如需节点在后台继续运行，请加 --detach",
    ),
    "localnet.where": (
        "network {chain_id} in {home}; profiles: chainbill key list",
        "网络 {chain_id}，目录 {home}；身份：chainbill key list",
    ),
    "localnet.next": (
        "next: chainbill{home} --as supplier1 bill issue --debtor anchor --amount 1000000.00 --due +120d",
        "接下来可以：chainbill{home} --as supplier1 bill issue --debtor anchor --amount 1000000.00 --due +120d",
    ),
    "localnet.not_running": (
        "not running; chainbill localnet start {name}",
        "未运行；chainbill localnet start {name}",
    ),
    "localnet.no_answer": (
        "does not answer yet; chainbill localnet logs",
        "尚无应答；chainbill localnet logs",
    ),
    "localnet.port_taken": (
        "port {port} of this machine, which {name} needs, is taken by {who}",
        "{name} 所需的本机端口 {port} 已被占用：{who}",
    ),
    "localnet.held_by_program": ("another program", "其他程序"),
    "localnet.held_by_node": ("node {name} of the network {network}", "网络 {network} 的节点 {name}"),
    "localnet.held_by_some_node": ("a node of the network {network}", "网络 {network} 的某个节点"),
    "localnet.port_taken_hint": (
        "stop that program (perhaps another local network: chainbill --home DIRECTORY localnet down); or make this "
        "network elsewhere: chainbill localnet up --base-port PORT (first `chainbill localnet reset` where it is "
        "made already)",
        "请停止该程序（可能是另一个本地网络：chainbill --home 目录 localnet down），"
        "或改用其他端口建立：chainbill localnet up --base-port 端口（已建立的须先 chainbill localnet reset）",
    ),
    "localnet.port_of_another": (
        "what answers at {where} is not {name}",
        "在 {where} 应答的不是 {name}",
    ),
    "localnet.which": ("name the node: {known}", "请写明节点：{known}"),
    "localnet.stop_all": (
        "chainbill localnet stop NAME; all of them: chainbill localnet down",
        "chainbill localnet stop 名称；停止全部：chainbill localnet down",
    ),
    "localnet.start_all": (
        "chainbill localnet start NAME; all of them: chainbill localnet up --detach",
        "chainbill localnet start 名称；启动全部：chainbill localnet up --detach",
    ),
    "localnet.stopped": ("stopped {count} nodes", "已停止 {count} 个节点"),
    "localnet.reset_sure": ("Delete the network in {home} with its ledger?", "确认删除 {home} 中的网络及其账本？"),
}
