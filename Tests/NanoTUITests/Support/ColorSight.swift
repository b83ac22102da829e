import Foundation

@testable import NanoTUI

/// How eyes see a colour; of people who see fewer, as Machado, Oliveira and Fernandes have it
/// ("A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1).
enum ColorSight: CaseIterable {
    case usual, deuteranopia, protanopia, tritanopia

    private var matrix: [[Double]] {
        switch self {
        case .usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        case .deuteranopia:
            [
                [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ]
        case .protanopia:
            [
                [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ]
        case .tritanopia:
            [
                [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ]
        }
    }

    /// How far two colours are apart (CIEDE2000). One is about what can just be told beside each other;
    /// from ten on they are told at a glance.
    func distance(_ one: Color, _ other: Color) -> Double {
        LabColor(seen(one)).distance(to: LabColor(seen(other)))
    }

    /// In linear light.
    private func seen(_ color: Color) -> [Double] {
        let light = color.linear
        return matrix.map { row in min(1, max(0, zip(row, light).reduce(0) { $0 + $1.0 * $1.1 })) }
    }
}

extension Color {
    /// Red, green and blue in linear light (IEC 61966-2-1).
    var linear: [Double] {
        [red, green, blue].map { value in
            let part = Double(value) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
    }

    /// Contrast ratio as WCAG 2.2 defines it.
    func contrast(to other: Color) -> Double {
        func luminance(_ color: Color) -> Double {
            zip([0.2126, 0.7152, 0.0722], color.linear).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let (a, b) = (luminance(self), luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }
}

/// A colour in CIELAB, of daylight (D65).
private struct LabColor {
    var lightness: Double
    var a: Double
    var b: Double

    init(_ linear: [Double]) {
        func row(_ x: Double, _ y: Double, _ z: Double, _ white: Double) -> Double {
            let part = (x * linear[0] + y * linear[1] + z * linear[2]) / white
            return part > 216 / 24_389 ? cbrt(part) : (24_389 / 27 * part + 16) / 116
        }
        let x = row(0.4124564, 0.3575761, 0.1804375, 0.95047)
        let y = row(0.2126729, 0.7151522, 0.0721750, 1)
        let z = row(0.0193339, 0.1191920, 0.9503041, 1.08883)
        (lightness, a, b) = (116 * y - 16, 500 * (x - y), 200 * (y - z))
    }

    /// CIEDE2000 (Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula", 2005).
    func distance(to other: LabColor) -> Double {
        let mean = (hypot(a, b) + hypot(other.a, other.b)) / 2
        let stretch = 1 + (1 - (pow(mean, 7) / (pow(mean, 7) + pow(25, 7))).squareRoot()) / 2
        let (one, two) = (hypot(a * stretch, b), hypot(other.a * stretch, other.b))
        let (hue, otherHue) = (Self.hue(a * stretch, b), Self.hue(other.a * stretch, other.b))
        var turn = one * two == 0 ? 0 : otherHue - hue
        if turn > 180 { turn -= 360 }
        if turn < -180 { turn += 360 }
        let hueStep = 2 * (one * two).squareRoot() * sin(turn / 2 * .pi / 180)
        var middle = (hue + otherHue) / 2
        if one * two == 0 {
            middle = hue + otherHue
        } else if abs(hue - otherHue) > 180 {
            middle += hue + otherHue < 360 ? 180 : -180
        }
        func wave(_ times: Double, _ shift: Double) -> Double {
            cos((times * middle + shift) * .pi / 180)
        }
        let t =
            1 - 0.17 * wave(1, -30) + 0.24 * wave(2, 0) + 0.32 * wave(3, 6) - 0.2 * wave(4, -63)
        let (light, chroma) = ((lightness + other.lightness) / 2, (one + two) / 2)
        let square = pow(light - 50, 2)
        let forLight = 1 + 0.015 * square / (20 + square).squareRoot()
        let (forChroma, forHue) = (1 + 0.045 * chroma, 1 + 0.015 * chroma * t)
        let bend = 2 * (pow(chroma, 7) / (pow(chroma, 7) + pow(25, 7))).squareRoot()
        let rotation = -bend * sin(60 * exp(-pow((middle - 275) / 25, 2)) * .pi / 180)
        let parts = (
            (other.lightness - lightness) / forLight, (two - one) / forChroma, hueStep / forHue
        )
        return
            (parts.0 * parts.0 + parts.1 * parts.1 + parts.2 * parts.2
            + rotation * parts.1 * parts.2).squareRoot()
    }

    private static func hue(_ a: Double, _ b: Double) -> Double {
        guard a != 0 || b != 0 else { return 0 }
        let degrees = atan2(b, a) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }
}
