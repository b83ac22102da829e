-- Nanogridata frames in Wireshark and tshark: on the device port, and in dumps (link type USER0).
--
--     tshark -X lua_script:nanogridata.lua -r FILE
--
-- What a frame is, and why one is refused: docs/protocol.md. Fields have the names that
-- `nanogridata decode --format json` gives them. No secret is used: MACs are not checked, CRCs are.

local nano = Proto("nanogridata", "Nanogridata")

local HEADER_LENGTH = 14
local MAXIMUM_PAYLOAD_LENGTH = 1024
-- Items of a payload that are looked through for the device's name.
local MAXIMUM_ITEMS = 2000
local PROXY_SIGNATURE = "\13\10\13\10\0\13\10QUIT\10"

local MODELS = {
    [0x10] = "ESP32", [0x20] = "STM32", [0x30] = "ASIC", [0x40] = "RPI", [0xFF] = "CUSTOM",
}
local TYPES = { "telemetry", "config", "event", "command", "calibration" }
local LEVELS = { [0] = "none", [1] = "standard", [2] = "high", [3] = "military" }
local MAC_LENGTHS = { [0] = 2, [1] = 16, [2] = 32, [3] = 32 }
-- The lowest level that is taken unless configured otherwise.
local MINIMUM_LEVELS = { [0x10] = 1, [0x20] = 1, [0x30] = 2, [0x40] = 1, [0xFF] = 1 }

local field = {
    magic = ProtoField.uint16("nanogridata.magic", "Magic", base.HEX),
    version = ProtoField.uint8("nanogridata.version", "Version"),
    model = ProtoField.uint8("nanogridata.model", "Model", base.HEX, MODELS),
    type_id = ProtoField.uint8("nanogridata.type_id", "Payload type"),
    type = ProtoField.string("nanogridata.type", "Payload type's name"),
    flags = ProtoField.uint8("nanogridata.flags", "Flags", base.HEX),
    level_id = ProtoField.uint8("nanogridata.level_id", "Security level", base.DEC, nil, 0x0F),
    level = ProtoField.string("nanogridata.level", "Security level's name"),
    length = ProtoField.uint16("nanogridata.length", "Payload length"),
    timestamp = ProtoField.uint32("nanogridata.timestamp", "Timestamp"),
    utc = ProtoField.absolute_time("nanogridata.utc", "Timestamp in UTC", base.UTC),
    reserved = ProtoField.uint16("nanogridata.reserved", "Reserved", base.HEX),
    payload = ProtoField.bytes("nanogridata.payload", "Payload"),
    device_id = ProtoField.string("nanogridata.device_id", "Device"),
    mac = ProtoField.bytes("nanogridata.mac", "MAC"),
    crc = ProtoField.uint16("nanogridata.crc", "CRC", base.HEX),
    crc_holds = ProtoField.bool("nanogridata.crc_holds", "CRC holds"),
    skipped = ProtoField.bytes("nanogridata.skipped", "Bytes that begin no frame"),
    skipped_bytes = ProtoField.uint32("nanogridata.skipped_bytes", "Bytes skipped"),
    proxy = ProtoField.bytes("nanogridata.proxy", "PROXY protocol header"),
    verdict = ProtoField.string("nanogridata.verdict", "Gateway's verdict"),
    reason = ProtoField.string("nanogridata.reason", "Reason of the refusal"),
}
nano.fields = field

-- What the gateway refuses a frame for, as far as no secret is needed to tell.
local refusals = {}
for name, words in pairs({
    bad_magic = "These bytes begin no frame",
    unsupported_version = "Version other than 1",
    reserved_not_zero = "Reserved bytes other than 0",
    payload_too_large = "Payload longer than 1024 bytes",
    unknown_payload_type = "Payload type other than 1 to 5",
    unknown_security_level = "Security level other than 0 to 3",
    truncated = "The frame is not whole",
    security_too_low = "Security level below the model's default",
    timestamp_future = "Timestamp more than 60 s ahead",
    timestamp_drift = "Timestamp more than 3,600 s behind",
    timestamp_ancient = "Timestamp more than 86,400 s behind",
    crc_mismatch = "The CRC does not hold",
}) do
    refusals[name] = ProtoExpert.new(
        "nanogridata.expert." .. name, words .. " (" .. name .. ")", expert.group.PROTOCOL,
        expert.severity.WARN)
end
nano.experts = refusals

nano.prefs.port = Pref.uint("Device port", 5678, "The TCP port that devices send to")

local comment = Field.new("frame.comment")

-- Lua 5.3 has an operator for it, which earlier versions can't even read.
local xor = (bit and bit.bxor) or (bit32 and bit32.bxor) or load("return function(a, b) return a ~ b end")()

local function u16(bytes, at) return bytes:byte(at) * 256 + bytes:byte(at + 1) end

-- CRC-16/CCITT-FALSE.
local function crc16(bytes, first, last)
    local crc = 0xFFFF
    for at = first, last do
        crc = xor(crc, bytes:byte(at) * 256)
        for _ = 1, 8 do
            crc = crc * 2
            if crc >= 0x10000 then crc = xor(crc - 0x10000, 0x1021) end
        end
    end
    return crc
end

-- Why no header stands at a place (from 1), nil if one does; "more" while bytes are missing.
local function header_fault(bytes, at)
    local there = #bytes - at + 1
    if there >= 1 and bytes:byte(at) ~= 0xC1 then return "bad_magic" end
    if there >= 2 and bytes:byte(at + 1) ~= 0x53 then return "bad_magic" end
    if there >= 3 and bytes:byte(at + 2) ~= 1 then return "unsupported_version" end
    if there < HEADER_LENGTH then return "more" end
    if u16(bytes, at + 12) ~= 0 then return "reserved_not_zero" end
    if u16(bytes, at + 6) > MAXIMUM_PAYLOAD_LENGTH then return "payload_too_large" end
    if not TYPES[bytes:byte(at + 4)] then return "unknown_payload_type" end
    if not LEVELS[bytes:byte(at + 5) % 16] then return "unknown_security_level" end
    return nil
end

-- Bytes of the frame whose whole header stands at a place.
local function frame_length(bytes, at)
    return HEADER_LENGTH + u16(bytes, at + 6) + MAC_LENGTHS[bytes:byte(at + 5) % 16]
end

-- The head of the CBOR item at a place: major type, argument (nil for an indefinite length), and
-- the place behind it; nil where the bytes end too early.
local function cbor_head(bytes, at, last)
    if at > last then return nil end
    local major, info = math.floor(bytes:byte(at) / 32), bytes:byte(at) % 32
    if info < 24 then return major, info, at + 1 end
    if info == 31 then return major, nil, at + 1 end
    if info > 27 then return nil end
    local count = 2 ^ (info - 24)
    if at + count > last then return nil end
    local value = 0
    for place = at + 1, at + count do value = value * 256 + bytes:byte(place) end
    return major, value, at + 1 + count
end

-- The place behind the item at a place; nil where it is not well-formed or too long to look through.
local function cbor_skip(bytes, at, last)
    local open = { 1 }
    for _ = 1, MAXIMUM_ITEMS do
        while #open > 0 and open[#open] == 0 do table.remove(open) end
        if #open == 0 then return at end
        local major, value, next_at = cbor_head(bytes, at, last)
        if not major then return nil end
        at = next_at
        if major == 7 and not value then
            if open[#open] < 1e9 then return nil end
            table.remove(open)
        else
            open[#open] = open[#open] - 1
            if major == 2 or major == 3 then
                if value then at = at + value else table.insert(open, 1e18) end
            elseif major == 4 then
                table.insert(open, value or 1e18)
            elseif major == 5 then
                table.insert(open, value and value * 2 or 1e18)
            elseif major == 6 then
                table.insert(open, 1)
            end
        end
        if at > last + 1 then return nil end
    end
    return nil
end

-- Where the text of the device's name stands: in a map under its key, or first in the array that an
-- encrypted payload is. Nil where there is none.
local function device_place(bytes, first, last)
    local major, count, at = cbor_head(bytes, first, last)
    local function text(place)
        local kind, length, start = cbor_head(bytes, place, last)
        if kind ~= 3 or not length or start + length > last + 1 then return nil end
        return start, length
    end
    if major == 4 then return text(at) end
    if major ~= 5 then return nil end
    for _ = 1, math.min(count or MAXIMUM_ITEMS, MAXIMUM_ITEMS) do
        local start, length = text(at)
        local value = cbor_skip(bytes, at, last)
        if not value then return nil end
        if start and bytes:sub(start, start + length - 1) == "device_id" then return text(value) end
        at = cbor_skip(bytes, value, last)
        if not at then return nil end
    end
    return nil
end

-- Whole seconds since 1970 at which the packet was captured.
local function captured_at(pinfo)
    local time = pinfo.abs_ts
    return math.floor(type(time) == "number" and time or time:tonumber())
end

-- The first reason, in the order of judgement, for which the gateway refuses a frame with a header
-- that holds; nil if there is none that can be told without a secret.
local function judged(bytes, at, pinfo)
    local minimum = MINIMUM_LEVELS[bytes:byte(at + 3)]
    local level = bytes:byte(at + 5) % 16
    if minimum and level < minimum then return "security_too_low" end
    local behind = captured_at(pinfo) - (u16(bytes, at + 8) * 65536 + u16(bytes, at + 10))
    if behind < -60 then return "timestamp_future" end
    if behind > 86400 then return "timestamp_ancient" end
    if behind > 3600 then return "timestamp_drift" end
    local length = frame_length(bytes, at)
    if level == 0 and crc16(bytes, at, at + length - 3) ~= u16(bytes, at + length - 2) then
        return "crc_mismatch"
    end
    return nil
end

local function generated(tree, ...)
    local item = tree:add(...)
    item:set_generated()
    return item
end

-- What the dump's comment says of the frame: verdict, reason.
local function commented()
    local info = comment()
    if not info then return nil end
    local text = tostring(info)
    if text:match("^accepted") then return "accepted", nil, text end
    local reason = text:match("^refused, ([%w_]+)")
    if reason then return "refused", reason, text end
    return nil
end

local function add_header(tree, buffer, at, there)
    local function has(offset, count) return offset + count <= there end
    if has(0, 2) then tree:add(field.magic, buffer(at, 2)) end
    if has(2, 1) then tree:add(field.version, buffer(at + 2, 1)) end
    if has(3, 1) then tree:add(field.model, buffer(at + 3, 1)) end
    if has(4, 1) then
        tree:add(field.type_id, buffer(at + 4, 1))
        local name = TYPES[buffer(at + 4, 1):uint()]
        if name then generated(tree, field.type, buffer(at + 4, 1), name) end
    end
    if has(5, 1) then
        tree:add(field.flags, buffer(at + 5, 1))
        tree:add(field.level_id, buffer(at + 5, 1))
        local name = LEVELS[buffer(at + 5, 1):uint() % 16]
        if name then generated(tree, field.level, buffer(at + 5, 1), name) end
    end
    if has(6, 2) then tree:add(field.length, buffer(at + 6, 2)) end
    if has(8, 4) then
        tree:add(field.timestamp, buffer(at + 8, 4))
        generated(tree, field.utc, buffer(at + 8, 4), NSTime.new(buffer(at + 8, 4):uint(), 0))
    end
    if has(12, 2) then tree:add(field.reserved, buffer(at + 12, 2)) end
end

-- Adds one frame, whose header holds and which is there as a whole, at a place of the buffer (from 0).
-- Its verdict is the dump's, or what can be told without a secret.
local function add_frame(buffer, bytes, at, pinfo, root, verdict, reason)
    local length = frame_length(bytes, at + 1)
    local payload_length = u16(bytes, at + 7)
    local model = bytes:byte(at + 4)
    local tree = root:add(nano, buffer(at, length))
    add_header(tree, buffer, at, length)
    local first = at + HEADER_LENGTH
    local words = string.format(
        "%s %s %s", MODELS[model] or string.format("0x%02x", model), TYPES[bytes:byte(at + 5)],
        LEVELS[bytes:byte(at + 6) % 16])
    if payload_length > 0 then
        local payload = tree:add(field.payload, buffer(first, payload_length))
        local place, count = device_place(bytes, first + 1, first + payload_length)
        if place and count > 0 then
            local item = generated(tree, field.device_id, buffer(place - 1, count))
            words = words .. " " .. tostring(buffer(place - 1, count):string(ENC_UTF_8))
            item:set_len(count)
        end
        local ok, cbor = pcall(Dissector.get, "cbor")
        if ok and cbor then
            cbor:call(buffer(first, payload_length):tvb(), pinfo, payload)
        end
    end
    local mac = at + HEADER_LENGTH + payload_length
    if bytes:byte(at + 6) % 16 == 0 then
        tree:add(field.crc, buffer(mac, 2))
        local holds = crc16(bytes, at + 1, mac) == u16(bytes, mac + 1)
        generated(tree, field.crc_holds, buffer(mac, 2), holds)
    else
        tree:add(field.mac, buffer(mac, at + length - mac))
    end
    local own = judged(bytes, at + 1, pinfo)
    if own then tree:add_proto_expert_info(refusals[own]) end
    if verdict then generated(tree, field.verdict, verdict) end
    reason = reason or (not verdict and own)
    if reason then
        generated(tree, field.reason, reason)
        words = words .. " [refused: " .. reason .. "]"
    end
    tree:append_text(", " .. words)
    return length, words
end

-- Adds bytes that are no frame.
local function add_skipped(buffer, at, count, root, reason)
    local tree = root:add(nano, buffer(at, count))
    tree:append_text(", " .. count .. " bytes skipped")
    add_header(tree, buffer, at, math.min(count, reason == "bad_magic" and 2 or HEADER_LENGTH))
    tree:add(field.skipped, buffer(at, count))
    generated(tree, field.skipped_bytes, buffer(at, count), count)
    generated(tree, field.reason, reason)
    tree:add_proto_expert_info(refusals[reason])
end

-- A packet may be looked at several times, once for each part that ends a frame.
local function show(pinfo, list)
    local separator = tostring(pinfo.cols.protocol) == "Nanogridata" and " | " or ""
    pinfo.cols.protocol = "Nanogridata"
    pinfo.cols.info = separator .. table.concat(list, " | ")
    pinfo.cols.info:fence()
end

-- The first place from `at` on (from 1) where a frame may begin: a header, and behind its frame
-- another one, as far as that is there.
local function next_frame(bytes, at)
    while at <= #bytes do
        local fault = header_fault(bytes, at)
        if fault == "more" then return at end
        if not fault then
            local behind = at + frame_length(bytes, at)
            local following = behind <= #bytes and header_fault(bytes, behind)
            if not following or following == "more" then return at end
        end
        at = at + 1
    end
    return at
end

-- A stream of frames, in step with it or looking for the next one.
local function dissect_stream(buffer, pinfo, root)
    local bytes = buffer:raw(0, buffer:len())
    local at, list = 1, {}
    if bytes:sub(1, 12) == PROXY_SIGNATURE and #bytes >= 16 then
        local count = 16 + u16(bytes, 15)
        if count > #bytes then
            pinfo.desegment_offset, pinfo.desegment_len = 0, count - #bytes
            return buffer:len()
        end
        root:add(nano, buffer(0, count)):add(field.proxy, buffer(0, count))
        at, list = count + 1, { "PROXY protocol header" }
    end
    while at <= #bytes do
        local fault = header_fault(bytes, at)
        local missing = 0
        if fault == "more" then
            missing = DESEGMENT_ONE_MORE_SEGMENT
        elseif not fault then
            missing = math.max(0, frame_length(bytes, at) - (#bytes - at + 1))
        end
        if missing > 0 then
            pinfo.desegment_offset, pinfo.desegment_len = at - 1, missing
            break
        elseif fault then
            local place = next_frame(bytes, at + 1)
            add_skipped(buffer, at - 1, place - at, root, fault)
            table.insert(list, (place - at) .. " bytes skipped")
            at = place
        else
            local length, words = add_frame(buffer, bytes, at - 1, pinfo, root)
            table.insert(list, words)
            at = at + length
        end
    end
    if #list > 0 then show(pinfo, list) end
    return buffer:len()
end

-- One packet of a dump: a frame, or what was refused in place of one.
local function dissect_dumped(buffer, pinfo, root)
    local bytes = buffer:raw(0, buffer:len())
    local verdict, reason, text = commented()
    local fault = header_fault(bytes, 1)
    if not fault and frame_length(bytes, 1) > #bytes then fault = "truncated" end
    if fault == "more" then fault = "truncated" end
    if not fault then
        local _, words = add_frame(buffer, bytes, 0, pinfo, root, verdict, reason)
        show(pinfo, { words })
        return buffer:len()
    end
    local tree = root:add(nano, buffer())
    add_header(tree, buffer, 0, buffer:len())
    tree:add_proto_expert_info(refusals[fault])
    if verdict then generated(tree, field.verdict, verdict) end
    generated(tree, field.reason, reason or fault)
    tree:append_text(", " .. (text or fault))
    show(pinfo, { "refused: " .. (reason or fault) })
    return buffer:len()
end

function nano.dissector(buffer, pinfo, root)
    if buffer:len() == 0 then return 0 end
    if pinfo.port_type ~= 2 then return dissect_dumped(buffer, pinfo, root) end
    -- Devices send, the gateway only listens.
    if pinfo.dst_port ~= nano.prefs.port then return 0 end
    local first = buffer(0, 1):uint()
    if buffer:len() >= 3 and first >= 0x14 and first <= 0x17 and buffer(1, 1):uint() == 3 then
        return Dissector.get("tls"):call(buffer, pinfo, root)
    end
    return dissect_stream(buffer, pinfo, root)
end

local tcp_ports = DissectorTable.get("tcp.port")
local port = nano.prefs.port
tcp_ports:add(port, nano)

function nano.prefs_changed()
    if port == nano.prefs.port then return end
    tcp_ports:remove(port, nano)
    port = nano.prefs.port
    tcp_ports:add(port, nano)
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, nano)
