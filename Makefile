# make demo   建立演示城市并在 127.0.0.1:8000 提供服务 / build the demonstration city and serve it (HUB_PORT changes the port)
# make test   全部检查与测试 / every check and test
# make quick  快速子集 / formatting, lint, types and the quick tests
# make check  不运行测试的检查 / formatting, lint, types, policies
# make bench  性能测量（PEERS=1 含外部对照） / the benchmark (PEERS=1 adds peers from npm)
# make versions   由声明重写首批迁移 / write the first migrations anew from the declarations, before the first release
# make locks  重写锁定文件（需 uv） / write the lock files anew, with uv

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help demo test quick check bench versions locks

help:
	@sed -n 's/^# //p' Makefile

demo test quick check bench versions locks:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed" >&2; exit 1; }
	@"$(PYTHON)" .ci/launch.py $@
