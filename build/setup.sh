# Sourced by ./run and ./test: sees to it that everything the build needs is installed, or says in one message what is missing.

need_debian=()

fail() { printf '%s\n' "$*" >&2; exit 1; }

have_header() { [ -n "${LIBTORCH:-}" ] && [ -e "$LIBTORCH/include/torch/script.h" ] || [ -e /usr/include/torch/script.h ]; }

check_tools() {
  local missing=()
  command -v dotnet >/dev/null || missing+=("the .NET 10 SDK (https://dotnet.microsoft.com/download)")
  command -v npm >/dev/null || missing+=("Node.js 18 or newer with npm (Debian: nodejs npm)")
  [ ${#missing[@]} -eq 0 ] || fail "Please install first: $(IFS=';'; echo "${missing[*]}")."
  local major
  major=$(dotnet --version 2>/dev/null | cut -d. -f1)
  [ "${major:-0}" -ge 10 ] 2>/dev/null || fail "The .NET SDK found is version $(dotnet --version 2>/dev/null); version 10 or newer is needed."
}

check_libraries() {
  command -v g++ >/dev/null || need_debian+=(g++)
  have_header || need_debian+=(libtorch-dev)
  [ -n "${LIBTORCH:-}" ] || [ -e /usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0 ] || need_debian+=(libopenblas0-pthread)
}

# The fonts that the examiner's pictures of things and characters are drawn with; the repository holds none.
check_fonts() {
  local fonts=/usr/share/fonts/truetype
  [ -e "$fonts/noto/NotoColorEmoji.ttf" ] || need_debian+=(fonts-noto-color-emoji)
  [ -e "$fonts/dejavu/DejaVuSans.ttf" ] && [ -e "$fonts/dejavu/DejaVuSerif.ttf" ] || need_debian+=(fonts-dejavu-core)
  [ -e "$fonts/dejavu/DejaVuSansCondensed.ttf" ] || need_debian+=(fonts-dejavu-extra)
  [ -e "$fonts/liberation/LiberationSans-Regular.ttf" ] || need_debian+=(fonts-liberation)
}

install_missing() {
  [ ${#need_debian[@]} -gt 0 ] || return 0
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
  if ! command -v apt-get >/dev/null || ! { [ ${#sudo[@]} -eq 0 ] || "${sudo[@]}" true 2>/dev/null; }; then
    fail "Please install these packages first (their Debian names): ${need_debian[*]}
With Debian or Ubuntu: sudo apt-get install ${need_debian[*]}"
  fi
  echo "Installing ${need_debian[*]} ..."
  "${sudo[@]}" apt-get update -qq || true
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${need_debian[@]}" >/dev/null \
    || fail "apt-get could not install ${need_debian[*]}; please install them by hand."
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
