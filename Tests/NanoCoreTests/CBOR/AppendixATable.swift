import NanoCore
import Testing

/// RFC 8949, Appendix A, "Examples of Encoded CBOR Data Items": every row, with what it becomes
/// here as the value of a key.
enum AppendixATable {
    enum Expectation: Equatable, Sendable {
        case json(String)
        case refused(RefusalReason, RefusalDetail)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let hex: String
        let expectation: Expectation

        init(_ hex: String, _ expectation: Expectation) {
            self.hex = hex
            self.expectation = expectation
        }

        var testDescription: String { hex }
    }

    static let rows: [Row] = [
        Row("00", .json("0")),
        Row("01", .json("1")),
        Row("0a", .json("10")),
        Row("17", .json("23")),
        Row("1818", .json("24")),
        Row("1819", .json("25")),
        Row("1864", .json("100")),
        Row("1903e8", .json("1000")),
        Row("1a000f4240", .json("1000000")),
        Row("1b000000e8d4a51000", .json("1000000000000")),
        Row("1bffffffffffffffff", .json("18446744073709551615")),
        Row("c249010000000000000000", .refused(.cborLimit, .tag)),
        Row("3bffffffffffffffff", .json("-18446744073709551616")),
        Row("c349010000000000000000", .refused(.cborLimit, .tag)),
        Row("20", .json("-1")),
        Row("29", .json("-10")),
        Row("3863", .json("-100")),
        Row("3903e7", .json("-1000")),
        Row("f90000", .json("0.0")),
        Row("f98000", .json("-0.0")),
        Row("f93c00", .json("1.0")),
        Row("fb3ff199999999999a", .json("1.1")),
        Row("f93e00", .json("1.5")),
        Row("f97bff", .json("65504.0")),
        Row("fa47c35000", .json("100000.0")),
        Row("fa7f7fffff", .json("3.4028234663852886e+38")),
        Row("fb7e37e43c8800759c", .json("1e+300")),
        Row("f90001", .json("5.960464477539063e-08")),
        Row("f90400", .json("6.103515625e-05")),
        Row("f9c400", .json("-4.0")),
        Row("fbc010666666666666", .json("-4.1")),
        Row("f97c00", .json("null")),
        Row("f97e00", .json("null")),
        Row("f9fc00", .json("null")),
        Row("fa7f800000", .json("null")),
        Row("fa7fc00000", .json("null")),
        Row("faff800000", .json("null")),
        Row("fb7ff0000000000000", .json("null")),
        Row("fb7ff8000000000000", .json("null")),
        Row("fbfff0000000000000", .json("null")),
        Row("f4", .json("false")),
        Row("f5", .json("true")),
        Row("f6", .json("null")),
        Row("f7", .json("null")),
        Row("f0", .json("null")),
        // A row of RFC 7049 only: RFC 8949 §3.3 forbids simple values below 32 in two bytes.
        Row("f818", .refused(.cborMalformed, .invalidSimple)),
        Row("f8ff", .json("null")),
        Row("c074323031332d30332d32315432303a30343a30305a", .refused(.cborLimit, .tag)),
        Row("c11a514b67b0", .refused(.cborLimit, .tag)),
        Row("c1fb41d452d9ec200000", .refused(.cborLimit, .tag)),
        Row("d74401020304", .refused(.cborLimit, .tag)),
        Row("d818456449455446", .refused(.cborLimit, .tag)),
        Row("d82076687474703a2f2f7777772e6578616d706c652e636f6d", .refused(.cborLimit, .tag)),
        Row("40", .json("\"\"")),
        Row("4401020304", .json("\"AQIDBA\"")),
        Row("60", .json("\"\"")),
        Row("6161", .json("\"a\"")),
        Row("6449455446", .json("\"IETF\"")),
        Row("62225c", .json("\"\\\"\\\\\"")),
        Row("62c3bc", .json("\"ü\"")),
        Row("63e6b0b4", .json("\"水\"")),
        Row("64f0908591", .json("\"𐅑\"")),
        Row("80", .json("[]")),
        Row("83010203", .json("[1,2,3]")),
        Row("8301820203820405", .json("[1,[2,3],[4,5]]")),
        Row(
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
            .json("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]")),
        Row("a0", .json("{}")),
        Row("a201020304", .refused(.cborMalformed, .keyNotText)),
        Row("a26161016162820203", .json("{\"a\":1,\"b\":[2,3]}")),
        Row("826161a161626163", .json("[\"a\",{\"b\":\"c\"}]")),
        Row(
            "a56161614161626142616361436164614461656145",
            .json("{\"a\":\"A\",\"b\":\"B\",\"c\":\"C\",\"d\":\"D\",\"e\":\"E\"}")),
        Row("5f42010243030405ff", .json("\"AQIDBAU\"")),
        Row("7f657374726561646d696e67ff", .json("\"streaming\"")),
        Row("9fff", .json("[]")),
        Row("9f018202039f0405ffff", .json("[1,[2,3],[4,5]]")),
        Row("9f01820203820405ff", .json("[1,[2,3],[4,5]]")),
        Row("83018202039f0405ff", .json("[1,[2,3],[4,5]]")),
        Row("83019f0203ff820405", .json("[1,[2,3],[4,5]]")),
        Row(
            "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
            .json("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]")),
        Row("bf61610161629f0203ffff", .json("{\"a\":1,\"b\":[2,3]}")),
        Row("826161bf61626163ff", .json("[\"a\",{\"b\":\"c\"}]")),
        Row("bf6346756ef563416d7421ff", .json("{\"Fun\":true,\"Amt\":-2}")),
    ]
}
