#!/bin/bash
# Makes a library to try Albumen with: some 200 pictures and clips of twenty years, eight cameras and many places, with the
# untidiness of real ones. Needs only vips, ffmpeg and exiftool; the same bytes come out every time, as far as these allow.
#
# usage: make-sample.sh FOLDER          does nothing when FOLDER exists
set -euo pipefail
export LC_ALL=C.UTF-8 TZ=UTC

[ $# -eq 1 ] || { echo "usage: ${0##*/} FOLDER" >&2; exit 2; }
out=${1%/}
[ -e "$out" ] && exit 0
for tool in vips ffmpeg exiftool; do
    command -v "$tool" > /dev/null || { echo "${0##*/}: $tool is missing; install libvips-tools, ffmpeg and libimage-exiftool-perl" >&2; exit 1; }
done

# Built beside its place and renamed when complete, so that a half-made library never looks like one.
partial=$out.partial
rm -rf "$partial"
mkdir -p "$partial/raw" "$partial/library"
raw=$(cd "$partial/raw" && pwd)
library=$(cd "$partial/library" && pwd)
tags=$partial/tags
: > "$tags"
trap 'trap - EXIT; kill $(jobs -p) 2> /dev/null || true; wait; rm -rf "$partial"' EXIT
trap 'exit 130' INT TERM

say() { [ -t 2 ] && printf '\r\033[K%s' "sample library: $*" >&2 || echo "sample library: $*" >&2; }
encode() { ffmpeg -v error -nostdin -y "$@"; }

# ---- pictures ------------------------------------------------------------------------------------------------------

# hills NAME COUNT SEED WIDTH HEIGHT [FILTER]: layered hills under a low sun, two of five by day, NAME-001.jpg ... Computed at a fifth of the size.
hills() {
    local n="(N+$3)" ridges=() layer level height pace phase sun shade
    for layer in "0.50 0.060 4.1 3.7" "0.60 0.055 5.3 5.1" "0.72 0.050 3.9 7.3" "0.86 0.060 2.7 2.9"; do
        read -r level height pace phase <<< "$layer"
        ridges+=("$level+$height*(sin(X/W*$pace+$n*$phase)+0.45*sin(X/W*$pace*2.7+$n*$phase*1.9)+0.16*sin(X/W*$pace*8.3+$n*$phase*3.1))")
    done
    sun="exp(-((X/W-0.2-0.6*abs(sin($n*2.3)))^2*(W/H)^2+(Y/H-0.34-0.12*sin($n*1.7))^2)*90)"
    shade="min(255,250-120*pow(1-Y/H,1.6)+90*$sun)"
    shade="if(gt(Y/H,${ridges[0]}),142-40*(Y/H-0.5),$shade)"
    shade="if(gt(Y/H,${ridges[1]}),104-30*(Y/H-0.6),$shade)"
    shade="if(gt(Y/H,${ridges[2]}),62-20*(Y/H-0.7),$shade)"
    shade="if(gt(Y/H,${ridges[3]}),18+14*(Y/H),$shade)"
    encode -f lavfi -i "color=black:s=$(($4 / 5))x$(($5 / 5)):r=1,format=gray,geq=lum='$shade',format=gbrp,
        curves=r='0/0.03 0.25/0.22 0.45/0.55 0.65/0.93 1/1':g='0/0.07 0.25/0.2 0.45/0.38 0.65/0.62 0.85/0.85 1/0.97':b='0/0.13 0.25/0.36 0.45/0.52 0.6/0.5 0.8/0.72 1/0.86',
        hue=h='if(eq(mod(n,5),1),192+12*sin(n),if(eq(mod(n,5),3),215,24*sin((n+$3)*1.3)-8))':s='if(eq(mod(n,5),1),0.8,if(eq(mod(n,5),3),0.6,1+0.2*sin((n+$3)*0.7)))',gblur=sigma=0.6,scale=$4:$5:flags=bicubic,format=yuvj420p,noise=c0s=12:c0f=t:all_seed=$3${6:+,$6}" \
        -frames:v "$2" -q:v 3 -flags +bitexact "$raw/$1-%03d.jpg"
}

mandelbrot() {
    encode -f lavfi -i "mandelbrot=s=540x405:maxiter=300:start_scale=2.4:end_scale=0.002:end_pts=12:r=1,hue=h=160:s=0.6,scale=1080:810:flags=lanczos" \
        -frames:v 10 -q:v 3 -pix_fmt yuvj420p -flags +bitexact "$raw/detail-%03d.jpg"
}

gradients() {
    local seed
    for seed in 1 2 3 4 5 6 7 8; do
        encode -f lavfi -i "gradients=s=240x180:seed=$((seed * 11)):n=4:type=$((seed % 4)):r=1,hue=s=0.45,scale=1440:1080:flags=bicubic,format=yuvj420p,noise=c0s=6:all_seed=$seed" \
            -frames:v 1 -q:v 3 -flags +bitexact "$raw/light-00$seed.jpg"
    done
}

# Noise coloured like a map: water, beach, meadow, rock, snow. An island every time.
terrain() {
    local seed at
    printf '4 6\n0 12 34 84\n105 40 110 150\n118 222 208 160\n145 86 138 70\n195 120 104 90\n255 250 250 252\n' > "$raw/colours.mat"
    vips buildlut "$raw/colours.mat" "$raw/wide.v"
    vips cast "$raw/wide.v" "$raw/narrow.v" uchar
    vips copy "$raw/narrow.v" "$raw/colours.v" --interpretation srgb
    for seed in 1 2 3 4 5 6; do
        at=$raw/terrain-00$seed
        vips perlin "$at.coarse.v" 960 720 --cell-size 300 --seed $seed --uchar
        vips perlin "$at.fine.v" 960 720 --cell-size 50 --seed $((seed + 50)) --uchar
        vips linear -- "$at.coarse.v" "$at.a.v" 2.2 -150
        vips linear -- "$at.fine.v" "$at.b.v" 0.6 -76
        vips add "$at.a.v" "$at.b.v" "$at.c.v"
        vips cast "$at.c.v" "$at.d.v" uchar
        vips maplut "$at.d.v" "$at.v" "$raw/colours.v"
    done
}

# clip SOURCE OUTPUT SECONDS [OPTION...]: a slow pan over a picture, with a tone.
clip() {
    encode -loop 1 -r 25 -i "$1" -f lavfi -i "sine=frequency=220:sample_rate=44100" -t "$3" \
        -vf "crop=1280:720:x='(iw-1280)*t/$3':y=(ih-720)/2,format=yuv420p" -c:v libx264 -preset ultrafast -crf 24 -threads 1 -c:a aac -b:a 64k \
        -fflags +bitexact -flags +bitexact -movflags +faststart "${@:4}" "$2"
}

# ---- the library ---------------------------------------------------------------------------------------------------

declare -A taken_so_far=()

# next KIND: the next picture of that kind, in $picture; starts again after the last.
next() {
    local all=("$raw/$1"-*.jpg)
    picture=${all[$((${taken_so_far[$1]:-0} % ${#all[@]}))]}
    taken_so_far[$1]=$((${taken_so_far[$1]:-0} + 1))
}

# camera NAME: what it writes, in $camera, and its focal lengths in millimetres, in $lengths.
camera() {
    case $1 in
    canon) camera=(-Make=Canon "-Model=Canon EOS 350D DIGITAL" "-LensModel=EF-S18-55mm f/3.5-5.6"); lengths=(18 24 35 55) ;;
    canon-r6) camera=(-Make=Canon "-Model=Canon EOS R6" "-LensModel=RF24-105mm F4 L IS USM" -LensMake=Canon); lengths=(24 35 70 105) ;;
    nikon) camera=("-Make=NIKON CORPORATION" "-Model=NIKON D90" "-LensModel=18.0-105.0 mm f/3.5-5.6"); lengths=(18 32 50 105) ;;
    sony) camera=(-Make=SONY -Model=ILCE-7M3 "-LensModel=FE 55mm F1.8 ZA" -LensMake=SONY); lengths=(55) ;;
    fuji) camera=(-Make=FUJIFILM -Model=X-T30 "-LensModel=XF35mmF2 R WR" -LensMake=FUJIFILM); lengths=(35) ;;
    iphone) camera=(-Make=Apple "-Model=iPhone 13 Pro" "-LensModel=iPhone 13 Pro back triple camera 5.7mm f/1.5" -LensMake=Apple -Software=16.4.1); lengths=(5.7 9 2.8) ;;
    iphone-4) camera=(-Make=Apple "-Model=iPhone 4S" "-LensModel=iPhone 4S back camera 4.28mm f/2.4" -LensMake=Apple -Software=6.1.3); lengths=(4.28) ;;
    samsung) camera=(-Make=samsung -Model=SM-G973F); lengths=(4.32 6 1.8) ;;
    pixel) camera=(-Make=Google "-Model=Pixel 7" "-LensModel=Pixel 7 back camera 6.81mm f/1.85" -LensMake=Google); lengths=(6.81 2.35) ;;
    esac
}

# filename CAMERA NUMBER SECONDS: what it calls a file, in $filename; SECONDS since 1970, by its clock.
filename() {
    case $1 in
    nikon) printf -v filename 'DSC_%04d.JPG' "$2" ;;
    sony) printf -v filename 'DSC%05d.JPG' "$2" ;;
    fuji) printf -v filename 'DSCF%04d.JPG' "$2" ;;
    samsung) printf -v filename '%(%Y%m%d_%H%M%S)T.jpg' "$3" ;;
    pixel) printf -v filename 'PXL_%(%Y%m%d_%H%M%S)T%03d.jpg' "$3" $(($2 * 37 % 1000)) ;;
    *) printf -v filename 'IMG_%04d.JPG' "$2" ;;
    esac
}

# tag FILE OPTION...: has exiftool write these into a file of the library; all of them in one run at the end.
tag() { printf '%s\n' "${@:2}" "$1" -execute >> "$tags"; }

# trip FOLDER CAMERA NUMBER START OFFSET PLACE COUNT KINDS [OPTION...]: a day or three of pictures. START is the camera's clock; OFFSET from UTC, or -;
# PLACE "lat,lon,alt", or -.
trip() {
    local folder=$library/$1 number=$3 seconds place=$6 lat lon alt i step kinds kind file iso time stamp options
    seconds=$(date -d "$4" +%s)
    read -ra kinds <<< "$8"
    mkdir -p "$folder"
    camera "$2"
    for ((i = 0; i < $7; i++)); do
        step=$((i * 7919 % 4177 + 40))
        seconds=$((seconds + step))
        number=$((number + 1 + i % 3))
        kind=${kinds[$((i % ${#kinds[@]}))]}
        next "$kind"
        filename "$2" $number $seconds
        file=$folder/$filename
        cp "$picture" "$file"
        iso=$((100 << (i * 5 % 6)))
        time=1/$((30 << (i * 3 % 7)))
        printf -v stamp '%(%Y:%m:%d %H:%M:%S)T' "$seconds"
        options=("${camera[@]}" "-EXIF:DateTimeOriginal=$stamp" "-EXIF:CreateDate=$stamp" "-EXIF:ModifyDate=$stamp" -FocalLength=${lengths[$((i % ${#lengths[@]}))]}
            -ExposureTime=$time -FNumber=$((2 + i % 7)).$((i * 4 % 10)) -ISO=$iso)
        case $2 in iphone | samsung | pixel | sony | canon-r6) options+=("-SubSecTimeOriginal=$((100 + i * 613 % 900))") ;; esac
        [ "$5" = - ] || options+=("-EXIF:OffsetTimeOriginal=$5" "-EXIF:OffsetTime=$5" "-EXIF:OffsetTimeDigitized=$5")
        [ "$kind" != portrait ] || options+=(-EXIF:Orientation#=6)
        if [ "$place" != - ]; then
            IFS=, read -r lat lon alt <<< "$place"
            # One more digit: some metres on from the last one.
            options+=("-GPSLatitude=${lat}$i" "-GPSLatitudeRef=$lat" "-GPSLongitude=${lon}$i" "-GPSLongitudeRef=$lon" "-GPSAltitude=$((alt + i))" -GPSAltitudeRef#=0)
        fi
        [ $((i % 4)) != 1 ] || options+=("-XMP-xmp:Rating=$((3 + i % 3))")
        tag "$file" "${options[@]}" "-FileModifyDate=$stamp${5/#-/+00:00}" "${@:9}"
    done
}

say "pictures"
hills wide 48 100 1440 1080 &
hills film 40 300 1620 1080 &
wait -n
hills portrait 16 500 1080 1440 transpose=cclock &
wait -n
mandelbrot &
wait -n
gradients &
terrain &
wait

say "clips"
mkdir -p "$library/Clips" "$library/2023/Island Hopping"
clip "$raw/wide-003.jpg" "$library/Clips/MVI_0815.MP4" 4 -metadata creation_time=2016-05-08T09:12:44Z &
clip "$raw/wide-011.jpg" "$library/2023/Island Hopping/IMG_5120.MOV" 3 -metadata creation_time=2023-06-18T07:02:11Z &
wait -n
clip "$raw/wide-019.jpg" "$library/Clips/20190704_201530.mp4" 3 -metadata creation_time=2019-07-04T18:15:30Z &
wait -n
clip "$raw/film-007.jpg" "$library/Clips/VID_20140712_203000.mp4" 2 -map_metadata -1 &
wait -n
clip "$raw/wide-027.jpg" "$library/Clips/rotated-180.mov" 2 -metadata creation_time=2021-10-02T14:00:00Z &
wait -n
encode -f lavfi -i "life=s=320x240:mold=10:r=25:ratio=0.1:seed=1850:death_color=#c83232:life_color=#00ff00,scale=960:720:flags=neighbor" -t 3 \
    -c:v libx264 -preset ultrafast -pix_fmt yuv420p -threads 1 -metadata creation_time=2011-03-19T22:41:00Z -fflags +bitexact -flags +bitexact "$library/Clips/Game of life.mp4" &
wait -n
encode -f lavfi -i "gradients=s=240x180:seed=5:speed=0.2:r=8" -frames:v 16 -flags +bitexact "$library/Clips/wave.gif" &

# A few of other kinds than JPEG.
mkdir -p "$library/Formats" "$library/2022/Winter"
vips pngsave "$raw/terrain-001.v" "$library/Formats/Map of an island.png" --compression 3
vips tiffsave "$raw/terrain-002.v" "$library/Formats/scan-0001.tif" --compression lzw --predictor horizontal
encode -i "$raw/wide-036.jpg" -c:v libwebp -quality 80 "$library/Formats/island.webp"
vips thumbnail "$raw/wide-033.jpg" "$raw/small.v" 800
vips heifsave "$raw/terrain-004.v" "$library/2022/Winter/IMG_4711.HEIC" --effort 0 --Q 45
vips heifsave "$raw/small.v" "$library/2022/Winter/IMG_4712.HEIC" --effort 0 --Q 50
vips heifsave "$raw/terrain-005.v" "$library/Formats/island.avif" --compression av1 --effort 0 --Q 55
vips jpegsave "$raw/terrain-006.v" "$library/Formats/from-the-air.jpg" --Q 88
vips gifsave "$raw/light-001.jpg" "$library/Formats/poster.gif" --effort 1
vips colourspace "$raw/film-012.jpg" "$raw/grey.v" b-w
vips text "$raw/words.v" "Albumen, since 1850" --dpi 300 --width 1200
vips jpegsave "$raw/grey.v" "$library/Formats/grey.jpg" --Q 85
vips pngsave "$raw/words.v" "$library/Formats/Title card.png"
wait

say "twenty years"
trip "2004/Erste Kamera" canon 12 "2004-08-14 10:05" - - 7 "film" -XMP-dc:Subject=Sommer
trip "2006/Oma's Garten" canon 480 "2006-05-20 15:00" - - 6 "film detail" "-XMP-dc:Subject=Familie" "-XMP-lr:HierarchicalSubject=Familie|Oma"
trip "2008/Silvester" canon 1733 "2008-12-31 22:50" - - 5 "film light" "-IPTC:CodedCharacterSet=UTF8" "-IPTC:Keywords=Silvester" "-IPTC:Caption-Abstract=Prosit Neujahr!"
trip "2010/Prag – Brücken & Türme" nikon 301 "2010-04-03 09:30" - "50.086,14.411,190" 9 "film film portrait" "-XMP-photoshop:City=Praha" "-XMP-photoshop:Country=Česko" "-XMP-dc:Subject=Brücke" "-XMP-dc:Subject=Städte"
trip "2012/Iceland" nikon 2210 "2012-07-01 23:10" - "64.145,-21.942,12" 9 "film" "-XMP-dc:Title=Midnight sun" "-XMP-dc:Subject=Iceland" "-XMP-lr:HierarchicalSubject=Places|Iceland|Reykjavík"
trip "2013/100CANON" iphone-4 33 "2013-09-21 12:00" - "40.782,-73.965,30" 7 "wide portrait" "-XMP-dc:Subject=New York"
trip "2015/Patagonia" nikon 4020 "2015-01-09 06:20" - "-50.942,-73.406,220" 8 "film portrait" "-XMP-dc:Title=Torres del Paine" "-XMP-photoshop:Country=Chile"
trip "2016/Кавказ" fuji 810 "2016-05-08 08:00" "+04:00" "42.662,44.620,1740" 7 "film" "-XMP-dc:Title=Казбек" "-XMP-dc:Subject=горы"
trip "2017/Safari" fuji 1650 "2017-08-30 05:45" "+03:00" "-2.333,34.833,1500" 8 "film detail" "-XMP-dc:Subject=Safari" "-XMP-xmp:Label=Green"
trip "2018/京都" fuji 2404 "2018-11-18 14:20" "+09:00" "35.011,135.768,50" 8 "film portrait" "-XMP-dc:Title=紅葉" "-XMP-dc:Subject=旅行" "-XMP-lr:HierarchicalSubject=旅行|日本|京都"
trip "2019/Camera" samsung 1 "2019-07-04 15:30:12" - "48.208,16.373,170" 9 "wide portrait wide"
trip "2020/At home" sony 120 "2020-04-11 11:00" "+02:00" - 8 "film light" "-XMP-dc:Description=The year nobody travelled."
trip "2021/Outback" sony 1404 "2021-10-02 17:30" "+09:30" "-25.344,131.036,520" 8 "film" "-XMP-dc:Title=Uluṟu" "-XMP-photoshop:Country=Australia"
trip "2022/Winter" canon-r6 7001 "2022-02-12 09:00" "+01:00" "47.055,12.969,2100" 9 "film light" "-XMP-dc:Subject=Ski" "-XMP-dc:Subject=Berge" "-XMP-lr:HierarchicalSubject=Orte|Österreich|Salzburg"
trip "2023/Island Hopping" iphone 5100 "2023-06-17 18:40" "+03:00" "36.393,25.461,220" 12 "wide portrait wide wide" "-XMP-dc:Subject=Griechenland"
trip "2023/Geburtstag 🎈" iphone 5400 "2023-09-03 14:00" "+02:00" "48.137,11.575,520" 6 "wide" "-XMP-dc:Description=Der 60. Geburtstag" "-XMP-iptcExt:PersonInImage=Anna" "-XMP-iptcExt:PersonInImage=Jörg"
trip "2024/San Francisco" pixel 12 "2024-03-10 16:05" "-08:00" "37.819,-122.478,67" 8 "wide portrait" "-XMP-dc:Subject=Bridge"
trip "2024/Line of dates" pixel 700 "2024-01-01 00:03" "+13:00" "-13.833,-171.766,5" 4 "wide"
trip "Misc/a folder, with; (odd) #2 100% 'quotes'" samsung 300 "2020-08-09 10:00" - - 3 "wide"
trip "Misc/.. almost up" canon 9990 "2009-02-28 12:00" - - 2 "film"
trip "Misc/$(printf 'cafe\xcc\x81')" iphone 20 "2021-05-05 08:15" "+02:00" "45.764,4.835,170" 3 "wide"

# The eight ways to hold a camera: all show the same picture upright.
mkdir -p "$library/Orientations"
i=0
for turn in copy hflip hflip,vflip vflip transpose=cclock_flip transpose=cclock transpose=clock_flip transpose=clock; do
    i=$((i + 1))
    encode -i "$raw/wide-042.jpg" -vf "$turn" -q:v 4 -flags +bitexact "$library/Orientations/orientation-$i.jpg"
    tag "$library/Orientations/orientation-$i.jpg" -Make=Canon "-Model=Canon EOS R6" -EXIF:Orientation#=$i "-EXIF:DateTimeOriginal=2022:06:01 12:00:0$i" "-FileModifyDate=2022:06:01 12:00:0$i+00:00"
done

# Dates that stand nowhere but in the name, or nowhere at all.
mkdir -p "$library/WhatsApp Images" "$library/Screenshots" "$library/Scans/Box 3"
for name in "WhatsApp Images/IMG-20190814-WA0003.jpg" "WhatsApp Images/IMG-20200101-WA0017.jpg" "Screenshots/Screenshot_20210317-071502.jpg" \
    "Misc/2016-12-24 18.30.00.jpg" "Misc/IMG_20180805_114233.jpg" "Misc/signal-2022-11-06-154210.jpeg" "Misc/photo.jpg" "Misc/untitled.jpg"; do
    next wide
    cp "$picture" "$library/$name"
    touch -d 2024-05-01T10:00:00Z "$library/$name"
done
for i in 1 2 3 4; do
    next light
    cp "$picture" "$library/Scans/Box 3/img00$i.jpg"
    tag "$library/Scans/Box 3/img00$i.jpg" -Make=EPSON "-Model=Perfection V600" "-XMP-dc:Title=Box 3, print $i" "-XMP-photoshop:DateCreated=197$i" "-FileModifyDate=2014:02:0$i 20:00:00+00:00"
done

tag "$library/Formats/Map of an island.png" "-EXIF:DateTimeOriginal=2015:02:03 04:05:06" "-XMP-dc:Title=Map of an island" "-FileModifyDate=2015:02:03 04:05:06+00:00"
tag "$library/Formats/scan-0001.tif" -Make=EPSON "-Model=Perfection V600" "-EXIF:ModifyDate=2013:11:30 19:20:21" "-FileModifyDate=2013:11:30 19:20:21+00:00"
tag "$library/Formats/island.webp" "-EXIF:DateTimeOriginal=2020:09:09 09:09:09" -XMP-xmp:Rating=5 "-FileModifyDate=2020:09:09 09:09:09+00:00"
tag "$library/Formats/island.avif" "-EXIF:DateTimeOriginal=2023:03:04 05:06:07" "-EXIF:OffsetTimeOriginal=+01:00" "-FileModifyDate=2023:03:04 04:06:07+00:00"
tag "$library/Formats/from-the-air.jpg" -Make=DJI -Model=FC3582 "-EXIF:DateTimeOriginal=2022:08:20 18:00:00" "-EXIF:OffsetTimeOriginal=+02:00" -GPSLatitude=46.6 -GPSLatitudeRef=N -GPSLongitude=14.1 -GPSLongitudeRef=E -GPSAltitude=612 -GPSAltitudeRef#=0
tag "$library/Formats/grey.jpg" "-EXIF:DateTimeOriginal=1999:12:31 23:59:59" "-XMP-dc:Description=Older than the camera that took it"
for i in 1 2; do
    tag "$library/2022/Winter/IMG_471$i.HEIC" -Make=Apple "-Model=iPhone 13 Pro" "-EXIF:DateTimeOriginal=2022:02:13 10:1$i:00" "-EXIF:OffsetTimeOriginal=+01:00" -SubSecTimeOriginal=50$i "-FileModifyDate=2022:02:13 09:1$i:00+00:00"
done
tag "$library/2023/Island Hopping/IMG_5120.MOV" "-Keys:CreationDate=2023:06:18 10:02:11+03:00" -Keys:Make=Apple "-Keys:Model=iPhone 13 Pro" "-Keys:GPSCoordinates=36.3932, 25.4615, 220" "-FileModifyDate=2023:06:18 07:02:11+00:00"
tag "$library/Clips/20190704_201530.mp4" -Rotation=90 "-FileModifyDate=2019:07:04 18:15:33+00:00"
tag "$library/Clips/rotated-180.mov" -Rotation=180 "-FileModifyDate=2021:10:02 14:00:02+00:00"

say "tags"
exiftool -q -q -m -@ "$tags" -common_args -overwrite_original -charset filename=UTF8 > /dev/null

# What lies about in every library: copies, the same name twice, a sidecar, a broken download, something that is no picture.
mkdir -p "$library/Backup of phone" "$library/Sidecars"
cp -p "$library/2023/Geburtstag 🎈"/* "$library/Backup of phone/"
cp -p "$library/Misc/photo.jpg" "$library/Misc/copy.jpg"
cp -p "$library/2004/Erste Kamera"/*.JPG "$library/Sidecars/"
for picture in "$library/Sidecars"/*.JPG; do
    cat > "$picture.xmp" << 'XMP'
<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Sorted again, years later</rdf:li></rdf:Alt></dc:title>
  <dc:subject><rdf:Bag><rdf:li>Sommer</rdf:li><rdf:li>Erinnerungen</rdf:li></rdf:Bag></dc:subject>
 </rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>
XMP
    break
done
cp "$raw/wide-047.jpg" "$library/Misc/IMG_0001.JPG"
cp "$raw/wide-048.jpg" "$library/2013/IMG_0001.JPG"
head -c 60000 "$raw/film-003.jpg" > "$library/Misc/half a download.jpg"
echo "Dear diary, this is no picture." > "$library/Misc/notes.jpg"
find "$library" -newermt 2025-01-01 -exec touch -d 2024-05-01T10:00:00Z {} +

mv "$partial/library" "$out"
trap - EXIT
rm -rf "$partial"
say "$(find "$out" -type f | wc -l) files in $out"
[ -t 2 ] && echo >&2
exit 0
