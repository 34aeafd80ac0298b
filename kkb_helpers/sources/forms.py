"""The fill-in workbooks: `workbook` knows their headers and reads their cells; here is what their tables hold."""

from .kinds import Column, Source

_FORMS = (
    Source(
        "partners",
        "Borang: kegiatan organisasi kemasyarakatan",
        "partners",
        "borang",
        (
            Column("Tanggal", "date", name="date"),
            Column("Jenis organisasi", "text", name="organisasi"),
            Column("Nama organisasi", "text"),
            Column("Kegiatan", "text"),
            Column("Sasaran (1-4)", "text", name="sasaran"),
            Column("Fungsi keluarga (lama)", "text", name="fungsi"),
            Column("Asal sasaran", "text", name="sasaran_source"),
        ),
        ("village_code", "date", "organisasi", "nama_organisasi", "kegiatan"),
    ),
    Source(
        "funding",
        "Borang: dana Kampung KB",
        "funding",
        "borang",
        (
            Column("Sumber dana", "text", name="sumber"),
            Column("Alokasi (Rp)", name="alokasi"),
            Column("Realisasi (Rp)", name="realisasi"),
        ),
        ("area_code", "period", "sumber"),
    ),
    Source(
        "coordination",
        "Borang: tim koordinasi dan monev",
        "coordination",
        "borang",
        (
            Column("Jenis", "text", name="kind"),
            Column("Nomor SK", "text", name="sk_nomor"),
            Column("Tanggal", "date", name="date"),
            Column("Terlaksana", "flag"),
        ),
        ("area_code", "period", "kind", "date"),
    ),
)

FORMS: dict[str, Source] = {source.name: source for source in _FORMS}
