using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Tests.Catalog.Metadata;

public sealed class FileNameDateTests
{
    [Theory]
    [InlineData("IMG_20240714_153012.jpg", "2024-07-14T15:30:12")]
    [InlineData("IMG_20240714_153012_01~2.jpg", "2024-07-14T15:30:12")]
    [InlineData("20240714_153012(0).heic", "2024-07-14T15:30:12")]
    [InlineData("IMG_20240714_153012345_HDR.jpg", "2024-07-14T15:30:12.345")]
    [InlineData("Screenshot_2024-07-14-15-30-12.png", "2024-07-14T15:30:12")]
    [InlineData("Screenshot_2024-07-14-15-30-12-345_com.app.png", "2024-07-14T15:30:12.345")]
    [InlineData("Screenshot 2024-07-14 at 10.30.12 PM.png", "2024-07-14T22:30:12")]
    [InlineData("Screenshot 2024-07-14 at 3.30.12\u202FAM.png", "2024-07-14T03:30:12")]
    [InlineData("Bildschirmfoto 2024-07-14 um 15.30.12.png", "2024-07-14T15:30:12")]
    [InlineData("2024-07-14 15.30.12.jpg", "2024-07-14T15:30:12")]
    [InlineData("2024-07-14 15.30.jpg", "2024-07-14T15:30:00")]
    [InlineData("2024-07-14T15:30:12", "2024-07-14T15:30:12")]
    [InlineData("signal-2024-07-14-153012.jpg", "2024-07-14T15:30:12")]
    [InlineData("signal-2024-07-14-15-30-12-345-1.jpg", "2024-07-14T15:30:12.345")]
    [InlineData("WhatsApp Image 2024-07-14 at 15.30.12.jpeg", "2024-07-14T15:30:12")]
    [InlineData("photo_2024-07-14_15-30-12.jpg", "2024-07-14T15:30:12")]
    [InlineData("WIN_20240714_15_30_12_Pro.mp4", "2024-07-14T15:30:12")]
    [InlineData("DJI_20240714153012_0001_D.JPG", "2024-07-14T15:30:12")]
    [InlineData("CameraZOOM-20240714153012345.jpg", "2024-07-14T15:30:12.345")]
    public void A_whole_moment_in_a_name_is_read(string name, string local) =>
        Assert.Equal(new CaptureTime(local, null, "filename", "exact"), FileNameDate.Read(name));

    [Theory]
    [InlineData("PXL_20240714_133012345.jpg")]
    [InlineData("PXL_20240714_133012345.RAW-01.MP.COVER.jpg")]
    public void Pixel_phones_name_their_pictures_in_UTC(string name) =>
        Assert.Equal(new CaptureTime("2024-07-14T13:30:12.345", "+00:00", "filename", "exact"), FileNameDate.Read(name));

    [Theory]
    [InlineData("VID-20240714-WA0003.mp4", "2024-07-14", "day")]
    [InlineData("IMG-20240714-WA0003.jpg", "2024-07-14", "day")]
    [InlineData("IMG_20140714_0001.jpg", "2014-07-14", "day")]
    [InlineData("WP_20140714_001.jpg", "2014-07-14", "day")]
    [InlineData("20240714.jpg", "2024-07-14", "day")]
    [InlineData("2024-07-14 Rügen 12.jpg", "2024-07-14", "day")]
    [InlineData("1899-12-31.tif", "1899-12-31", "day")]
    [InlineData("Oma 14.07.1961 Garten.jpg", "1961-07-14", "day")]
    [InlineData("1978-06.jpg", "1978-06", "month")]
    [InlineData("1978-06 Rügen.jpg", "1978-06", "month")]
    [InlineData("1978-06_001.tif", "1978-06", "month")]
    [InlineData("1978-06-00.tif", "1978-06", "month")]
    public void A_day_or_month_in_a_name_is_no_more_than_that(string name, string local, string precision) =>
        Assert.Equal(new CaptureTime(local, null, "filename", precision), FileNameDate.Read(name));

    [Theory]
    [InlineData("IMG_20991399.jpg")]
    [InlineData("IMG_20240230_120000.jpg")]
    [InlineData("DSC_12345678.jpg")]
    [InlineData("DSC20191.jpg")]
    [InlineData("P1020304.JPG")]
    [InlineData("IMG_1978.jpg")]
    [InlineData("1978.jpg")]
    [InlineData("2024-1234.jpg")]
    [InlineData("0170-20240714.jpg")]
    [InlineData("+49 170 2024071.jpg")]
    [InlineData("00491702024071415.jpg")]
    [InlineData("FB_IMG_1720963812345.jpg")]
    [InlineData("192.168.20.14.png")]
    [InlineData("IMG_20240714_256199_20240714-1.jp")]
    [InlineData("")]
    [InlineData(".jpg")]
    public void A_number_is_not_taken_for_a_date(string name)
    {
        CaptureTime? read = FileNameDate.Read(name);
        Assert.True(read is null || name.Contains("IMG_20240714", StringComparison.Ordinal) && read.Precision == "day", $"{name}: {read}");
    }
}
